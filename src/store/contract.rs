//! One suite of tests that every store must pass. A store on PostgreSQL would be one more line at the end.

pub mod houses;
pub mod samples;

mod answers;
mod conflicts;
mod crashes;
mod damage;
mod due;
mod histories;
mod naive;
mod random;

macro_rules! suite {
    ($name:ident, $house:ty: $($module:ident { $($test:ident),+ $(,)? })+) => {
        mod $name {
            $(mod $module {
                $(#[test]
                fn $test() {
                    crate::store::contract::$module::$test::<$house>();
                })+
            })+
        }
    };
}

macro_rules! contract {
    ($($name:ident: $house:ty),+ $(,)?) => {
        $(suite! { $name, $house:
            answers {
                an_empty_store_answers_everything_with_nothing,
                a_message_is_found_by_key_by_message_id_and_by_sighting,
                an_empty_message_id_matches_nothing,
                tasks_are_found_by_the_message_ids_of_messages_and_of_letters,
                accounts_are_found_by_address_domain_policy_and_name_and_lost_when_removed,
                an_account_that_changes_its_address_is_not_found_by_the_old_one,
                the_last_requests_of_an_account_come_newest_first_open_and_over_and_capped,
                load_counts_open_tasks_only_and_follows_assignment,
                lent_tasks_todays_tasks_absences_and_the_books_standing_are_remembered,
                accounts_are_due_when_they_change_or_their_day_comes_and_terms_are_found_open_or_over,
                the_next_task_number_never_repeats,
                tasks_are_listed_newest_first_by_every_filter_and_page,
                times_of_letters_are_newest_first_and_capped,
                the_cursor_follows_its_own_uidvalidity_only,
                settled_are_the_uids_with_an_outcome_above_the_base,
                counts_follow_what_happens,
            }
            conflicts {
                a_decision_on_old_facts_that_still_hold_is_taken,
                a_decision_on_facts_that_changed_is_a_conflict_and_writes_nothing,
                every_kind_of_answer_can_conflict,
                a_decision_that_could_not_be_read_again_is_refused_whole,
            }
            due {
                due_tasks_come_soonest_first_and_go_when_the_task_ends,
                due_letters_wait_for_their_moment_and_go_when_tried,
                no_letter_is_due_while_sending_is_paused,
                a_letter_in_review_waits_for_its_release_and_an_observed_one_is_never_due,
                a_try_that_a_crash_cut_off_is_due_after_the_start_and_possibly_twice,
                people_are_told_soonest_first_and_what_they_are_told_is_kept_until_then,
                what_is_known_of_the_house_is_kept_and_the_last_word_counts,
                the_next_moment_is_the_soonest_of_tasks_and_letters,
            }
            histories {
                the_history_of_a_task_holds_its_decisions_and_its_letters_fates_in_order,
                the_history_of_a_message_holds_all_that_was_decided_about_it,
                a_letters_bytes_come_back_exactly_before_and_after_sync_and_restart,
                letters_of_a_task_are_its_own_oldest_first,
                everything_is_the_same_after_a_restart,
            }
            random {
                random_decisions_give_what_a_naive_fold_gives,
            }
        })+
    };
}

contract! {
    memory: crate::store::contract::houses::InMemory,
    sled: crate::store::contract::houses::OnDisk,
}
