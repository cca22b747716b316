//! A cluster from its start to its end.

use std::{
    io,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::{
        Mutex, Notify,
        mpsc::{self, UnboundedReceiver, UnboundedSender},
    },
    task::JoinHandle,
    time::{MissedTickBehavior, interval},
};

use super::{
    ClusterArgs,
    board::Board,
    fleet::Fleet,
    say,
    screen::{Screen, Verb, Whom, Wish},
    watch::watch,
};
use crate::cluster::{
    chaos::{self, Plan},
    load,
};

/// How often the view is drawn, and the keyboard asked.
const FRAME: Duration = Duration::from_millis(100);
/// How many frames there are to each rate that is shown, and to each line about the cluster.
const FRAMES_PER_RATE: u64 = 5;
const FRAMES_PER_LINE: u64 = 20;
/// How long it takes until a line about the cluster is said again that has not changed.
const REPETITION: Duration = Duration::from_secs(10);
/// How long a cluster has to become ready.
const PATIENCE: Duration = Duration::from_secs(60);

/// A cluster, from its start to its end.
#[derive(Debug)]
pub(super) struct Session {
    arguments: ClusterArgs,
    fleet: Arc<Mutex<Fleet>>,
    addresses: Vec<(u64, SocketAddr)>,
    data: String,
    paste: String,
    events: UnboundedSender<String>,
    board: Board,
    screen: Option<Screen>,
    start: Instant,
    /// When the cluster was ready.
    ready: Option<Instant>,
    frames: u64,
    /// What was said of the cluster last, and when.
    summary: Option<(Duration, String)>,
    is_interrupted: bool,
    /// Ends a load as the end of its lines would.
    end: Arc<Notify>,
    /// What is said at the end.
    report: Vec<String>,
    is_good: bool,
    /// Whether data and logs may tell why it is not good.
    keeps_data: bool,
}

/// What is done to the cluster: what is to be said of it, and whether it was good.
type Work = JoinHandle<io::Result<(String, bool)>>;

impl Session {
    /// A session with this fleet.
    pub(super) fn new(
        arguments: ClusterArgs,
        fleet: Fleet,
        events: UnboundedSender<String>,
    ) -> io::Result<Self> {
        let addresses = fleet.addresses();
        let folder = fleet.folder();
        let data = format!("{}", folder.path().display());
        let shown =
            if folder.is_temporary() { format!("{data}, until the end") } else { data.clone() };
        let paste = paste(&addresses);
        let screen =
            if arguments.is_plain() { None } else { Some(Screen::new(paste.clone(), shown)?) };
        Ok(Self {
            board: Board::new(addresses.iter().map(|(id, _)| *id)),
            fleet: Arc::new(Mutex::new(fleet)),
            addresses,
            data,
            paste,
            arguments,
            events,
            screen,
            start: Instant::now(),
            ready: None,
            frames: 0,
            summary: None,
            is_interrupted: false,
            end: Arc::new(Notify::new()),
            report: Vec::new(),
            is_good: true,
            keeps_data: false,
        })
    }

    /// Runs until the end. Whether all was good.
    pub(super) async fn run(mut self, mut told: UnboundedReceiver<String>) -> io::Result<bool> {
        let started = self.fleet.lock().await.start_all();
        let ran = match started {
            Ok(()) => self.go_on(&mut told).await,
            Err(error) => Err(error),
        };
        let had_screen = self.screen.take().is_some();
        if !self.fleet.lock().await.stop_all().await {
            self.fail_and_keep("not all nodes ended as they should".to_owned());
        }
        while let Ok(event) = told.try_recv() {
            self.board.note(self.start.elapsed(), event);
        }
        let whereabouts = self.keep_or_leave_data().await;
        self.report.push(whereabouts);
        if !had_screen || !self.is_good || ran.is_err() {
            // What was on the screen is gone with it; what is reported is not said twice.
            self.board.events.retain(|(_, event)| !self.report.contains(event));
            self.print_new_events()?;
        }
        self.report.iter().try_for_each(|line| say(line))?;
        ran?;
        Ok(self.is_good)
    }

    /// Keeps what was to end with this if there is something to find out from it. Where it is.
    async fn keep_or_leave_data(&self) -> String {
        let mut fleet = self.fleet.lock().await;
        if self.keeps_data || fleet.crashes() > 0 {
            fleet.keep_folder();
        }
        if fleet.folder().is_temporary() {
            "the data are gone with the cluster: --data FOLDER keeps them".to_owned()
        } else {
            format!("data and logs are in {}", self.data)
        }
    }

    async fn go_on(&mut self, told: &mut UnboundedReceiver<String>) -> io::Result<()> {
        let (sightings, mut seen) = mpsc::channel(self.addresses.len().max(1));
        for (id, address) in self.addresses.clone() {
            tokio::spawn(watch(id, address, sightings.clone()));
        }
        let mut frames = interval(FRAME);
        frames.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let [mut interrupt, mut terminate, mut hangup] =
            [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
        let (interrupt, terminate, hangup) =
            (interrupt.as_mut(), terminate.as_mut(), hangup.as_mut());
        let (Ok(interrupt), Ok(terminate), Ok(hangup)) = (interrupt, terminate, hangup) else {
            return Err(io::Error::other("no signals can be had"));
        };
        let mut work: Option<Work> = None;
        loop {
            tokio::select! {
                _ = interrupt.recv() => if self.interrupt(work.is_some()) { break },
                _ = terminate.recv() => break,
                _ = hangup.recv() => break,
                Some(event) = told.recv() => self.note(event)?,
                Some(sighting) = seen.recv() => {
                    self.observe_conditions();
                    self.board.observe(self.start.elapsed(), sighting.id, sighting.glance);
                    self.print_new_events()?;
                    if self.ready.is_none() && self.board.is_ready() {
                        work = self.begin()?;
                    }
                }
                done = finished(&mut work) => {
                    work = None;
                    let (line, is_good) = done?;
                    self.is_good &= is_good;
                    self.keeps_data |= self.arguments.chaos && !is_good;
                    if self.arguments.chaos || self.arguments.reads_input() {
                        self.report.push(line);
                        return Ok(());
                    }
                    if self.screen.is_some() {
                        self.report.push(line.clone());
                    }
                    self.note(line)?;
                }
                _ = frames.tick() => {
                    if !self.frame().await? {
                        break;
                    }
                }
            }
        }
        let is_early = self.is_good && self.ready.is_none() && self.arguments.has_work();
        if let Some(work) = &work {
            work.abort();
        }
        if work.is_some() || is_early {
            let has_verdict = self.arguments.chaos;
            let why = if has_verdict {
                "interrupted: no verdict"
            } else {
                "it ended before all was done"
            };
            self.fail(why.to_owned());
        }
        Ok(())
    }

    /// Somebody wants the end. Whether it is at once: what is typed at the keyboard ends at first,
    /// and has its answers.
    fn interrupt(&mut self, is_at_work: bool) -> bool {
        let is_first = !self.is_interrupted;
        self.is_interrupted = true;
        let is_last_line = is_first && is_at_work && self.arguments.reads_input();
        if is_last_line {
            self.end.notify_one();
        }
        !is_last_line
    }

    /// A moment has passed. Whether it goes on.
    async fn frame(&mut self) -> io::Result<bool> {
        self.frames = self.frames.wrapping_add(1);
        if self.frames.is_multiple_of(FRAMES_PER_RATE) {
            self.board.tick();
        }
        let crashes = self.observe_conditions();
        if self.ready.is_none() && (crashes > 0 || self.start.elapsed() > PATIENCE) {
            self.fail_and_keep("the cluster did not start".to_owned());
            return Ok(false);
        }
        if self.screen.is_none() && self.frames.is_multiple_of(FRAMES_PER_LINE) {
            self.print_summary()?;
        }
        let mut wish = None;
        if let Some(screen) = &mut self.screen {
            screen.draw(&self.board)?;
            wish = screen.wish()?;
        }
        if let Some(wish) = wish
            && !self.grant(wish).await?
        {
            return Ok(false);
        }
        let is_over = |ready: Instant| {
            let length = self.arguments.length.filter(|_| !self.arguments.chaos);
            length.is_some_and(|length| ready.elapsed() >= length)
        };
        Ok(!self.ready.is_some_and(is_over))
    }

    /// Looks at the processes, and how many have ended by themselves.
    fn observe_conditions(&mut self) -> u64 {
        // If chaos has them, they are looked at soon.
        let Ok(mut fleet) = self.fleet.try_lock() else { return 0 };
        fleet.reap();
        for (id, _) in &self.addresses {
            self.board.observe_condition(*id, fleet.condition(*id));
        }
        fleet.crashes()
    }

    /// The cluster is ready: what is there to do?
    fn begin(&mut self) -> io::Result<Option<Work>> {
        self.ready = Some(Instant::now());
        self.note(format!("ready; data in {}", self.data))?;
        self.note(format!("paste in another terminal: {}", self.paste))?;
        if self.arguments.chaos {
            let plan = Plan::new(self.arguments.seed, self.arguments.length);
            self.note(format!("chaos with --seed {}", plan.seed))?;
            let run = chaos::run(Arc::clone(&self.fleet), plan, self.events.clone());
            return Ok(Some(tokio::spawn(async {
                let verdict = run.await;
                Ok((verdict.to_string(), verdict.is_good()))
            })));
        }
        let Some(path) = self.arguments.load.clone() else { return Ok(None) };
        let nodes = self.addresses.iter().map(|(_, address)| *address).collect();
        let (events, is_plain) = (self.events.clone(), self.screen.is_none());
        let end = Arc::clone(&self.end);
        Ok(Some(tokio::spawn(load::from_file(path, nodes, end, move |text, is_bad| {
            if is_plain {
                return say(&text);
            }
            if is_bad {
                // If nobody listens, nobody wants to know.
                let _ = events.send(format!("load: {text}"));
            }
            Ok(())
        }))))
    }

    /// Does what somebody at the keyboard wants. Whether it goes on.
    async fn grant(&mut self, wish: Wish) -> io::Result<bool> {
        let Wish::Do(verb, whom) = wish else { return Ok(false) };
        let id = match whom {
            Whom::Leader => self.board.leader().map(|leader| leader.id),
            Whom::Node(id) => Some(id).filter(|id| self.addresses.iter().any(|node| node.0 == *id)),
        };
        let Some(id) = id else {
            if let Some(screen) = &mut self.screen {
                screen.refuse(match whom {
                    Whom::Leader => "nobody leads at the moment".to_owned(),
                    Whom::Node(id) => format!("there is no node {id}"),
                });
            }
            return Ok(true);
        };
        let fleet = Arc::clone(&self.fleet);
        let mut fleet = fleet.lock().await;
        let what = match verb {
            Verb::Kill => fleet.kill(id).await?,
            Verb::Pause => fleet.pause(id)?,
            Verb::Start => fleet.start(id)?,
        };
        self.note(format!("node {id} {what}"))?;
        Ok(true)
    }

    fn fail(&mut self, why: String) {
        self.is_good = false;
        self.report.push(why);
    }

    /// It failed, and its data and logs may tell why.
    fn fail_and_keep(&mut self, why: String) {
        self.keeps_data = true;
        self.fail(why);
    }

    fn note(&mut self, event: String) -> io::Result<()> {
        self.board.note(self.start.elapsed(), event);
        self.print_new_events()
    }

    fn print_new_events(&mut self) -> io::Result<()> {
        if self.screen.is_none() {
            while let Some((at, event)) = self.board.events.pop_front() {
                say(&format!("{:>7.1} s  {event}", at.as_secs_f32()))?;
            }
        }
        Ok(())
    }

    /// Prints the cluster in one line, unless that was said a moment ago.
    fn print_summary(&mut self) -> io::Result<()> {
        let (line, at) = (self.board.summary(), self.start.elapsed());
        let is_news = self.summary.as_ref().is_none_or(|(said_at, said)| {
            *said != line || at.saturating_sub(*said_at) >= REPETITION
        });
        if is_news {
            say(&format!("{:>7.1} s  {line}", at.as_secs_f32()))?;
            self.summary = Some((at, line));
        }
        Ok(())
    }
}

/// What to paste in a shell, to which the other ports are a remark.
fn paste(addresses: &[(u64, SocketAddr)]) -> String {
    let ports: Vec<String> =
        addresses.iter().map(|(_, address)| address.port().to_string()).collect();
    match ports.split_first() {
        Some((first, [])) => format!("redis-cli -p {first}"),
        Some((first, others)) => format!("redis-cli -p {first}  # or {}", others.join(", ")),
        None => String::new(),
    }
}

/// What a work has come to; never, if there is none.
async fn finished(work: &mut Option<Work>) -> io::Result<(String, bool)> {
    match work {
        Some(work) => work.await?,
        None => std::future::pending().await,
    }
}
