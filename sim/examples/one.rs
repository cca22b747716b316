//! Prints a run.
use synod_sim::{raft::{Settings, run}, diary::*};
fn main() {
    let a: Vec<u64> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let r = run(&Settings::new(a[0], a[1] as usize), Some(Diary::new(a[2] as usize)));
    for m in r.diary.unwrap().moments() { match m {
        Moment::Arrow{sent_us,arrives_us,from,to,text} => println!("{sent_us} {from}->{to} {arrives_us:?} {text}"),
        Moment::Note{at_us,node,text,..} => println!("{at_us} [{node}] {text}"),
    }}
    println!("{:?}", r.violation);
}
