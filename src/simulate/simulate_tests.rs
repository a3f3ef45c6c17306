//! Small simulations, whose figures add up to their journal.

use super::*;
use crate::daemon::{demo, guidance};
use crate::reports::{By, Figure, Frame, Group, Period, Report};
use chrono::Days;
use proptest::prelude::*;
use std::sync::LazyLock;

static AGENCY: LazyLock<(Rulebook, Policy)> = LazyLock::new(|| {
    let config = demo::agency().unwrap();
    let rulebook = Rulebook::built_in();
    let policy = config.policy_of(guidance::pages_of(&rulebook), rulebook.triage().clone(), "", "").unwrap();
    (rulebook, policy)
});

fn plan(people: usize, days: u64, a_day: f64, seed: u64) -> Plan {
    let mut model = Model::usual().unwrap();
    model.mail.a_day = a_day;
    model.mail.accounts = 40;
    let first = NaiveDate::from_ymd_opt(2026, 2, 27).unwrap();
    let policy = with_people(&AGENCY.1, people).unwrap();
    Plan { policy, model, first, last: first + Days::new(days - 1), mail: None, seed }
}

fn report(plan: &Plan, run: &Run, first: u64, days: u64, by: By) -> Report {
    let calendar = &plan.policy.calendar;
    let first = plan.first + Days::new(first);
    let period = Period::of(first, first + Days::new(days - 1), calendar, run.ended).unwrap();
    let first_touch = |t: Option<&RequestType>| plan.policy.practice_of(t).standard.first_touch;
    let frame = Frame { agency: "x", calendar, names: BTreeMap::new(), first_touch: &first_touch };
    Report::of(&run.gathered, period, by, &frame)
}

fn value(group: &Group, figure: Figure) -> f64 {
    group.value(figure).unwrap_or(0.0)
}

/// Everything that must be so of any report, whatever happened.
fn adds_up(report: &Report) {
    let (total, mail) = (&report.total, &report.mail);
    assert_eq!(
        mail.messages,
        mail.opened_tasks + mail.joined + mail.no_work + mail.held,
        "each message has one outcome"
    );
    let v = |f| value(total, f);
    assert_eq!(v(Figure::OpenBefore) + v(Figure::Arrived) + v(Figure::Reopened) - v(Figure::Ended), v(Figure::Open));
    let errors = [
        Figure::ReopenedAgency,
        Figure::ReopenedClient,
        Figure::ReopenedCarrier,
        Figure::ReopenedNobody,
        Figure::ReopenedUnnamed,
    ];
    assert_eq!(errors.map(v).iter().sum::<f64>(), v(Figure::Reopened));
    for figure in Figure::ALL {
        let measured = total.get(figure).unwrap();
        for id in &measured.tasks {
            assert!(report.lines.iter().any(|l| l.task == *id), "{id} of {} is not in the list", figure.key());
        }
        if figure.unit() == crate::reports::Unit::Count {
            assert_eq!(measured.value, Some(float(measured.tasks.len())), "{} names its tasks", figure.key());
            let groups: f64 = report.groups.iter().map(|g| value(g, figure)).sum();
            assert_eq!(groups, v(figure), "{} of the groups and of all", figure.key());
        }
        if figure.unit() == crate::reports::Unit::Share {
            assert!(measured.value.is_none_or(|s| (0.0..=1.0).contains(&s)), "{}", figure.key());
        }
    }
    for (i, court) in [Figure::CourtAgency, Figure::CourtClient, Figure::CourtCarrier, Figure::CourtThirdParty]
        .into_iter()
        .enumerate()
    {
        let listed: f64 = report.lines.iter().map(|l| l.courts[i]).sum();
        assert!((listed - v(court)).abs() < 0.5, "{}: {listed} {}", court.key(), v(court));
    }
    let weeks = |of: fn(&crate::reports::Week) -> usize| float(report.weeks.iter().map(of).sum());
    assert_eq!((weeks(|w| w.arrived), weeks(|w| w.ended)), (v(Figure::Arrived), v(Figure::Ended)));
    assert_eq!(float(report.weeks.last().unwrap().open), v(Figure::Open));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn the_figures_of_any_simulation_add_up_to_its_journal(
        seed in any::<u64>(), people in 1usize..4, a_day in 3.0..12.0f64, from in 0u64..6, days in 1u64..9,
    ) {
        let plan = plan(people, 12, a_day, seed);
        let run = run(&plan, &AGENCY.0).unwrap();
        for (_, by) in By::ALL {
            adds_up(&report(&plan, &run, from, days, by));
        }
        let all = report(&plan, &run, 0, 12, By::Type);
        adds_up(&all);
        prop_assert_eq!(all.mail.messages, run.messages, "every message that arrived was decided");
        let split = float(all.mail.tasks);
        prop_assert_eq!(value(&all.total, Figure::Arrived), split, "tasks come of messages alone here");
        prop_assert_eq!(run.gathered.cases().count(), all.lines.len());
        // Two halves of a time are the whole of it.
        let (early, late) = (report(&plan, &run, 0, 5, By::Type), report(&plan, &run, 5, 7, By::Type));
        for f in [Figure::Arrived, Figure::Ended, Figure::Reopened, Figure::Asked, Figure::CourtAgency, Figure::CourtClient] {
            let parts = value(&early.total, f) + value(&late.total, f);
            prop_assert!((parts - value(&all.total, f)).abs() < 0.5, "{}: {} {}", f.key(), parts, value(&all.total, f));
        }
        prop_assert_eq!(value(&early.total, Figure::Open), value(&late.total, Figure::OpenBefore));
    }
}

#[test]
fn a_seed_gives_the_same_months_again_and_another_one_others() {
    let of = |seed| {
        let plan = plan(2, 8, 8.0, seed);
        let run = run(&plan, &AGENCY.0).unwrap();
        (run.messages, run.letters, run.told, report(&plan, &run, 0, 8, By::Type))
    };
    let (one, again, other) = (of(5), of(5), of(6));
    assert_eq!(one, again);
    assert_ne!(one.3.lines, other.3.lines);
}

#[test]
fn the_simulated_people_get_through_their_work_by_the_desks_own_commands() {
    let plan = plan(3, 14, 14.0, 2);
    let run = run(&plan, &AGENCY.0).unwrap();
    let all = report(&plan, &run, 0, 14, By::Person);
    let v = |f| value(&all.total, f);
    assert!(v(Figure::Done) > 0.6 * v(Figure::Arrived), "{} of {}", v(Figure::Done), v(Figure::Arrived));
    assert!(v(Figure::CourtClient) > 0.0 && v(Figure::CourtCarrier) > 0.0, "others had the ball, too");
    assert!(all.mail.joined > 0, "answers of clients were joined to their tasks");
    let refused: usize = run.refused.values().sum();
    assert!(refused * 50 < run.messages, "{:?}", run.refused);
    assert!(run.load.iter().all(|l| l.share() > 0.1), "{:?}", run.load);
}

#[test]
fn fewer_people_are_busier_and_slower() {
    let of = |people| {
        let plan = plan(people, 14, 24.0, 4);
        let run = run(&plan, &AGENCY.0).unwrap();
        let all = report(&plan, &run, 0, 14, By::Type);
        // How much is open at the end is mostly what others outside owe.
        (run.load[0].share(), value(&all.total, Figure::TurnaroundP90), value(&all.total, Figure::CourtAgency))
    };
    let (one, four) = (of(1), of(4));
    assert!(one.0 > four.0 && one.1 > four.1 && one.2 > four.2, "{one:?} {four:?}");
}

#[test]
fn a_tighter_standard_is_kept_less_often() {
    let (_, policy) = &*AGENCY;
    let page = policy.pages.keys().next().unwrap().clone();
    let tight: Vec<_> = policy.pages.keys().map(|p| (p.clone(), Span::Office(5))).collect();
    let of = |standards: &[(RequestType, Span)]| {
        let plan = plan(2, 10, 10.0, 3);
        let policy = with_standards(&plan.policy, standards).unwrap();
        let plan = Plan { policy, ..plan };
        let run = run(&plan, &AGENCY.0).unwrap();
        value(&report(&plan, &run, 0, 10, By::Type).total, Figure::WithinStandard)
    };
    let (usual, tried) = (of(&[]), of(&tight));
    assert!(tried < usual, "{tried} {usual}");
    assert!(with_standards(policy, &[(RequestType(format!("{page}x")), Span::Office(5))]).is_err());
}
