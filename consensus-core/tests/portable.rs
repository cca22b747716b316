//! The scenarios that broke real systems, by number: on the host and on boards.
//!
//! Nothing here needs more than `core`. The host runs each function as a test of its own; the
//! firmware in `examples/board` includes this file and runs its suites, those of clusters where there
//! is memory for them.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::expect_used)] // A test may panic.
#![allow(clippy::arithmetic_side_effects, clippy::panic, clippy::cast_possible_truncation)]
#![cfg_attr(miri, allow(dead_code))] // clusters are not run there

mod cluster;
#[path = "portable/contract.rs"]
mod contract;
#[path = "portable/durability.rs"]
mod durability;
#[path = "portable/elections.rs"]
mod elections;
#[path = "portable/fates.rs"]
mod fates;
#[path = "portable/multi_paxos.rs"]
mod multi_paxos;
#[path = "portable/paxos.rs"]
mod paxos;
#[path = "portable/reads.rs"]
mod reads;
#[path = "portable/register.rs"]
mod register;
#[path = "portable/replication.rs"]
mod replication;
#[path = "portable/snapshots.rs"]
mod snapshots;
#[path = "portable/window.rs"]
mod window;

use multi_paxos::{
    ballots, elections as ballot_elections, reads as ballot_reads, recovery, waiting_reads, waits,
};
use paxos::{acceptors, duels, learners, proposers};
use register::{changes, members, reads as register_reads, rules};

macro_rules! suite {
    ($(#[$attribute:meta])* $suite:ident in $module:ident; $($group:ident: $($test:ident)*;)*) => {
        /// The tests by name.
        #[cfg(not(test))]
        pub const $suite: &[(&str, fn())] = &[$($((stringify!($test), $group::$test)),*),*];

        #[cfg(test)]
        $(#[$attribute])*
        mod $module {
            $($(#[test] fn $test() { super::$group::$test() })*)*
        }
    };
}

// With one node, which the smallest board has room for.
suite! {
    SUITE in nodes;
    elections:
        r16_a_pre_vote_leaves_no_trace
        r17_a_timeout_is_drawn_each_time
        r18_a_leader_does_not_help_to_depose_itself
        a_candidate_gives_way_to_the_leader_of_its_term
        a_late_candidate_is_told
        a_later_term_does_not_move_the_deadline
        a_wait_is_drawn_once_for_a_leader
        a_wait_in_vain_is_not_repeated
        a_vote_is_waited_for_once
        r27_answers_of_an_earlier_term_are_dropped
        r27_answers_to_other_questions
        r32_a_leader_needs_room;
    durability:
        r08_term_and_vote_are_one_record
        r08_a_vote_in_a_known_term_is_written
        r10_nothing_is_promised_before_it_is_durable
        r10_a_candidate_votes_before_it_asks
        r10_a_vote_counts_with_its_own_write
        r24_a_cluster_of_one_waits_for_its_disk
        r25_a_late_report_of_an_overwritten_entry
        r25_reports_are_taken_once
        writes_are_gathered
        a_leader_whose_disk_stalls_steps_down
        a_leader_whose_disk_is_slow_goes_on;
    reads:
        a_read_waits_for_what_is_committed
        reads_wait_for_the_state
        a_state_that_has_passed_a_read_answers_it
        a_new_round_does_not_wait_for_the_disk
        the_reads_of_a_deposed_leader_are_void;
    replication:
        r01_figure_8
        r07_a_commit_takes_a_quorum
        logs_meet_fast
        a_mismatch_passes_over_later_terms
        what_a_follower_has_is_not_written_again
        r30_numbers_at_their_ends
        r30_the_last_index
        r32_a_full_log_is_overwritten
        r32_a_full_log_stays_as_it_is
        reads_do_not_repeat_entries;
    snapshots:
        r28_snapshots_that_come_late
        r28_two_snapshots_at_once
        r28_a_snapshot_of_another_past
        r28_a_snapshot_of_the_log_itself
        r28_a_snapshot_takes_nothing_back
        r29_a_follower_that_awaits_a_snapshot_hears_the_leader
        r29_who_needs_the_snapshot
        fates_in_a_snapshot;
    window:
        a_window_has_so_many_bytes
        a_window_opens_with_each_acknowledgement
        a_window_has_so_many_messages
        a_window_has_so_many_entries
        a_message_has_so_many_bytes
        heartbeats_take_no_place_in_a_window
        a_lost_message_is_sent_again
        a_follower_without_room_is_not_pressed;
    fates:
        fates_of_an_earlier_term
        fates_are_not_lost_unread
        a_batch_of_none_has_no_fate;
    contract:
        a_host_that_breaks_its_contract_is_told
        a_host_that_does_not_drain_is_told
        a_log_with_a_hole_sends_nothing_from_it
        r36_two_leaders_in_one_term_are_told;
}

// The roles of single-decree Paxos, each alone, and a duel.
suite! {
    PAXOS in roles;
    acceptors:
        p02_a_promise_is_durable_before_it_is_told
        p02_a_promise_outlives_a_restart
        p05_phase_2_of_an_older_ballot
        an_accept_without_a_promise_is_one
        what_comes_during_a_write_is_in_the_next
        what_is_asked_twice_is_answered_twice
        an_acceptor_reports_what_is_durable
        p01_two_values_by_one_ballot_are_told
        an_acceptor_refuses_what_is_not_for_it
        reports_of_unknown_writes_are_refused;
    proposers:
        p01_rounds_are_reserved_before_they_are_used
        p01_a_reused_ballot_is_told
        a_value_is_chosen
        who_is_late_is_not_asked_any_more
        the_highest_accepted_value_is_proposed
        what_was_found_is_not_kept_for_the_next_ballot
        promises_count_once_and_for_their_ballot
        a_minority_of_rejections_does_not_stop_it
        who_has_granted_does_not_take_it_back
        who_is_beaten_waits_and_tries_above
        silence_is_asked_again
        silence_after_a_rejection_is_asked_anew
        the_last_round_is_the_end
        answers_to_an_earlier_life_are_late
        a_proposer_refuses_what_is_not_for_it
        p08_two_values_by_one_ballot_among_promises
        p06_quorums_that_do_not_meet_are_refused
        a_promise_told_again_has_what_was_accepted_since
        quorums_of_two_kinds
        a_timeout_of_nothing_is_refused;
    learners:
        a_learner_asks_until_it_knows
        a_value_is_chosen_under_one_ballot
        what_an_acceptor_has_left_behind_does_not_count
        values_that_are_not_chosen_may_differ
        p08_two_values_are_told
        a_learner_refuses_what_is_not_for_it
        acceptors_of_different_weight;
    duels:
        p03_duelling_proposers_come_to_an_end;
}

// A register alone.
suite! {
    REGISTER in register_alone;
    rules:
        p02_nothing_is_told_before_it_is_durable
        p01_a_ballot_is_durable_before_it_is_used
        records_and_settings_that_cannot_be_are_refused;
}

// Registers in small clusters, for which the smallest board has no room.
suite! {
    REGISTERS in registers;
    changes:
        a_first_change_takes_two_round_trips_and_a_next_one_one
        one_node_decides_with_itself
        a_change_that_keeps_the_value
        p09_two_concurrent_changes
        p09_a_lost_acknowledgement_is_not_a_second_change
        p09_a_proposal_that_is_overtaken_unseen_is_made_anew
        a_change_at_a_time
        what_is_cancelled_is_not_proposed
        what_is_cancelled_is_not_asked_any_more
        p02_a_restart_forgets_nothing;
    register_reads:
        a_read_of_what_a_majority_holds_writes_nothing
        reads_share_a_round
        p09_a_read_during_an_unfinished_change
        p09_a_read_that_does_not_see_a_change_undoes_it
        who_is_behind_does_not_hold_up_a_read
        a_read_waits_for_what_comes_after_it
        what_is_accepted_during_a_query_voids_it
        answers_about_two_states_do_not_add_up
        what_replaces_a_proposal_is_not_read
        a_query_is_asked_again
        a_query_that_cannot_succeed_becomes_a_proposal
        answers_to_other_questions_do_not_count
        a_host_that_does_not_drain_is_told
        strangers_do_not_read;
    members:
        members_join_and_leave
        in_between_it_takes_both_majorities
        a_change_of_members_that_is_left_behind
        members_are_changed_by_two
        members_that_cannot_be_are_refused
        members_for_whom_there_is_no_room_any_more
        a_register_is_forgotten_by_all
        a_late_wish_to_forget
        who_is_busy_does_not_forget
        p09_a_change_that_was_forgotten_is_not_made_again;
    rules:
        a_register_refuses_what_is_not_for_it
        p01_a_ballot_of_a_forgotten_life_is_told
        p08_two_states_by_one_ballot_are_told
        p03_two_that_defeat_each_other_come_to_an_end
        silence_is_asked_again
        who_is_beaten_waits
        who_is_beaten_tries_above
        who_has_won_waits_as_at_first
        p05_a_state_of_an_older_ballot
        the_last_round_is_the_end;
}

// With several, for minutes of their time, which an interpreter takes for minutes of ours.
suite! {
    #[cfg(not(miri))]
    CLUSTERS in clusters;
    elections:
        r09_the_vote_outlives_a_step_down
        r13_a_higher_term_comes_back
        r14_a_long_log_and_a_late_term
        r15_a_former_leader_asks
        r17_one_seed_for_two
        r18_one_node_does_not_hear_the_leader
        r18_only_one_node_reaches_a_quorum
        r18_a_chain
        r18_a_constrained_election_waits
        r19_a_bridge_does_not_block_the_healthy
        r34_a_restarted_voter_waits
        a_canonical_state_is_without_time;
    reads:
        r11_no_read_before_a_commit_of_its_own_term
        r12_a_late_answer_confirms_nothing_else
        reads_share_a_round
        a_leader_that_is_cut_off_confirms_nothing;
    replication:
        the_followers_of_figure_7
        r27_messages_repeat_and_return
        r32_the_log_is_full;
    snapshots:
        r29_compaction_passes_a_slow_follower;
    fates:
        fates_are_told_once_and_truly;
    contract:
        r36_a_lost_disk_under_an_old_id;
}

// Multi-Paxos, with one node.
suite! {
    MULTI_PAXOS in ballot_nodes;
    ballots:
        p01_a_ballot_is_never_used_again
        p01_a_ballot_of_a_forgotten_life_is_told
        p02_a_promise_speaks_for_what_is_durable
        p02_a_promise_is_written_before_it_is_said
        p05_an_append_of_an_older_ballot
        whose_a_ballot_is
        a_vote_for_another_ballot_is_strange
        ballots_at_their_ends
        an_entry_at_the_last_index
        a_late_question_of_the_leader
        an_answer_to_an_earlier_ballot;
}

// More of that, for which the smallest board has no memory.
suite! {
    MULTI_PAXOS_NODES in more_ballot_nodes;
    ballot_reads:
        answers_of_other_rounds
        answers_to_an_earlier_life
        a_read_waits_for_the_longest_log
        rounds_of_reads_are_never_used_again
        a_read_of_a_follower_is_not_answered_by_a_leader
        a_canonical_state_of_a_reader_is_without_time
        an_index_that_is_gone_does_not_block
        lost_answers_are_asked_again
        a_change_of_leader_ends_reads
        a_later_ballot_ends_reads
        a_deposed_leader_forgets_its_reads
        a_late_answer_to_a_leader_acknowledges_nothing
        everybody_answers_a_reader;
    recovery:
        answers_count_once
        a_lost_fetch
        the_best_log_is_asked
        who_has_not_promised_does_not_answer
        a_fetch_brings_a_window_at_most
        what_is_committed_is_not_asked_for
        a_late_snapshot_is_taken
        a_late_snapshot_commits
        a_snapshot_of_the_present_ballot_is_the_leaders
        a_late_snapshot_at_a_candidate
        a_late_snapshot_during_the_vote
        a_snapshot_that_was_not_asked_for
        a_promise_waits_for_a_late_snapshot
        a_log_that_ends_before_the_best
        a_holder_that_has_less_than_the_candidate
        what_is_fetched_is_written;
    waiting_reads:
        a_read_takes_as_many_as_an_election
        all_that_wait_are_answered_at_once
        all_that_wait_end_with_their_leader;
    waits:
        who_has_promised_waits
        who_completes_its_log_waits_for_each_answer
        who_completes_its_log_asks_again
        who_is_promised_to_lead_counts_from_then;
}

// Multi-Paxos in clusters.
suite! {
    #[cfg(not(miri))]
    MULTI_PAXOS_CLUSTERS in ballot_clusters;
    ballot_elections:
        p04_a_chain_of_three
        p04_a_chain_of_five
        p04_only_the_hub_leads
        p04_a_constrained_election
        p07_a_new_leader_leaves_no_gaps
        p06_two_commit_and_three_elect
        who_could_not_commit_does_not_stand
        members_without_a_say;
    recovery:
        entries_are_fetched_in_batches
        logs_that_differ_meet
        a_snapshot_is_fetched
        a_full_log_at_the_candidate;
    ballot_reads:
        a_follower_reads_what_is_committed
        a_reader_counts_its_own_log
        a_read_without_the_leader;
}
