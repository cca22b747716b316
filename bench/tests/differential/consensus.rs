//! `synod-consensus-core` against `raft`: the same scripts for a cluster of each.
//!
//! After each step of a script, when no message is on its way, every node that is up has the same
//! in both: term, vote, leader, commit index, snapshot, the terms and payloads of its log, what it
//! has applied, and which reads it has answered. Both ask for pre-votes, and both step down without
//! a quorum. Time stands still, but on the node that is told to stand for election, or to lead on;
//! so neither's chance matters. [`scripts`] has those with a name, [`random`] draws others,
//! [`differences`] has a test for each row of the table but the last three.
//!
//! # What differs
//!
//! In none of these is either wrong about what is safe. "The scripts" are those of [`random`] and,
//! where they need it, [`scripts`].
//!
//! | ours | `raft` | why, and what the scripts do |
//! |---|---|---|
//! | After a restart, a node grants no vote for an election timeout. | It does at once, because it knows no leader. | Thesis, 4.2.3 and 9.6: it may have heard one just before. Nodes that know no leader wait before another stands. |
//! | A node that has followed a leader grants a pre-vote to this one at once. | Not before an election timeout has passed. | It asks, so it leads no more, and there is none to protect. Its followers wait before it stands. |
//! | A pre-vote is for the next term of who asks, so a node in that term already answers that it is over. | It grants it, if it has no vote and no leader. | Both elect somebody, ours one timeout later. The transport of `raft` answers as ours would. |
//! | Messages about votes say nothing of commits. | They do, and nodes that refuse one another learn from it. | Not in the paper; safe. The transport takes them out. |
//! | A snapshot that is lost is sent again after an election timeout, as the host is told. | When the host says that it was lost. | A snapshot is large. [`lead_on`](pair::Pair::lead_on) lets that time pass. |
//! | A snapshot is sent to a follower that is silent. | Once it has answered. | As above. |
//! | With the heartbeats of an election timeout, who is sent a snapshot again is sent no heartbeat. | It is sent both. | The snapshot stands for it, if it arrives. Where it would be lost, [`lead_on`](pair::Pair::lead_on) lets the leader step down, or nothing is compacted. |
//! | A leader tells of a commit in its heartbeats. | In them, no more of it than the follower has acknowledged. | The paper's figure 2 has it as ours. Only links that carry one way show it: there, the commit index of followers and what they have applied may lag in either, and so may what is applied when a read is answered. |
//! | A leader with nothing else to say tells of a commit only those who have acknowledged it. | All. | The others learn it with their acknowledgement or the next heartbeat. A follower commits no more than is durable, as far as it is compared; before a link is cut, disks of followers go on. |
//! | So a message that was lost is noticed at the next entry or heartbeat. | At the next commit, too. | After a link or a node comes back, the latest leader leads on. |
//! | A read is confirmed by answers to whatever was sent after it began. | By answers to heartbeats. | Thesis, 6.4: a round of heartbeats; entries prove as much. As above. |
//! | An answer that counts for a read counts for those before it. | It counts for the latest. | It was sent after those had begun, too. A leader takes no read while another one waits. |
//! | A leader steps down when its disk has done nothing for an election timeout. | It leads on. | Not in the paper: for the sake of progress. Disks go on before time passes. |
//! | A follower whose disk stalls answers what does not depend on it. | Answers come in the order of its writes. | Disks go on before a heartbeat, a read or an election. |
//! | Messages have entries of one term. | Of several. | How far a leader gets with some, while others tell it that its term is over, is a race. The scripts let it reach those, and the others never. |
//! | A follower refuses commands and reads. A new leader refuses reads until it has committed. | A follower forwards them. A new leader drops reads. | Only leaders are asked; a read is taken by both or by none. |
//! | A host recovers what is applied; the commit index follows. | The commit index is in the hard state. | The paper has it volatile. Both hosts have their state on the disk, as far as it is applied. |
//!
//! `MemStorage` is given a snapshot of its own: that of the last compaction, as ours is, and its
//! term.
//!
//! # What these scripts do not reach
//!
//! Each step ends when no message is on its way, so a message is never late, and two elections
//! never overlap. The simulator in `sim` has all that. Of the bugs that can be planted in the core,
//! the scripts find r01 (by figure 8), r07, r09, r10, r11, r16, r18 and r24; r08, r12, r17 and r25
//! need late messages or clocks.

mod cluster;
mod differences;
mod host;
mod pair;
mod raft_rs;
mod random;
mod scripts;
mod storage;
mod synod;
