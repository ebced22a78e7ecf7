//! A form and a list cannot disagree: over random entries, random conditions hold in the engine exactly where the SQL they are
//! lowered to finds them; and random viewers read one by one exactly what their lists show.

use crate::contract;
use crate::world::{On, World, text, values};
use catalogue::expr::{Builtin, Expr, Literal, Op, Operand};
use engine::rights::may;
use engine::{Actor, Entry, EntryId, Facts, FileRef, Moment, PersonId, UnitId, Value, Values, day_of_number, holds};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::BTreeSet;
use store::{Page, Query, Request};

contract!(conditions_and_sql_agree, lists_show_exactly_what_may_be_read, long_texts_compare_whole);

/// A day near the world's beginning, so that conditions on it hold now and then.
const DAY: i64 = 20_516;

fn people() -> [PersonId; 3] {
    [1, 2, 3].map(|at| PersonId(uuid::Uuid::from_u128(at)))
}

fn units() -> [UnitId; 2] {
    [11, 12].map(|at| UnitId(uuid::Uuid::from_u128(at)))
}

fn item() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec!["cash", "goods", "card"])
}

fn person() -> impl Strategy<Value = PersonId> {
    prop::sample::select(people().to_vec())
}

/// A moment within the days around, at its very beginning or end too.
fn moment() -> impl Strategy<Value = i64> {
    (DAY - 3..DAY + 3, prop::sample::select(vec![0, 1, 43_200_000, 86_399_999])).prop_map(|(day, ms)| day * 86_400_000 - 8 * 3_600_000 + ms)
}

fn gift() -> impl Strategy<Value = Values> {
    let maybe = |strategy: BoxedStrategy<Value>| prop::option::of(strategy);
    let fields: Vec<(&'static str, BoxedStrategy<Value>)> = vec![
        ("receiver", person().prop_map(Value::Person).boxed()),
        ("unit", prop::sample::select(units().to_vec()).prop_map(Value::Unit).boxed()),
        ("received_on", (DAY - 3..DAY).prop_map(|day| Value::Date(day_of_number(day))).boxed()),
        ("seen_at", moment().prop_map(|ms| Value::Moment(Moment(ms))).boxed()),
        (
            "marks",
            prop::collection::vec(item(), 0..3).prop_map(|items| Value::Choices(items.into_iter().map(Into::into).collect())).boxed(),
        ),
        ("value", (0i64..4).prop_map(|yuan| Value::Fen(yuan * 50_000)).boxed()),
        ("limit", (0i64..4).prop_map(|yuan| Value::Fen(yuan * 50_000)).boxed()),
        ("weight", (0i32..4).prop_map(|half| Value::Number(f64::from(half) / 4.0)).boxed()),
        ("returned", any::<bool>().prop_map(Value::Flag).boxed()),
        ("giver", prop::sample::select(vec!["", "家属", "厂家"]).prop_map(text).boxed()),
        ("witness", person().prop_map(Value::Person).boxed()),
        ("helpers", prop::collection::vec(person(), 0..3).prop_map(Value::People).boxed()),
        ("supplier", Just(Value::Supplier(EntryId(uuid::Uuid::from_u128(21)))).boxed()),
        (
            "photos",
            prop::collection::vec(Just(FileRef { hash: "ab".repeat(32), name: "照片.jpg".to_owned(), size: 1, happened: None }), 0..2)
                .prop_map(Value::Files)
                .boxed(),
        ),
        ("goods", prop::collection::vec(Just(values([("what", text("茶叶"))])), 0..2).prop_map(Value::Rows).boxed()),
    ];
    let fields: Vec<_> =
        fields.into_iter().map(|(name, strategy)| maybe(strategy).prop_map(move |value| value.map(|value| (name, value)))).collect();
    (item(), fields).prop_map(|(form, fields)| {
        let mut all = values([("form", Value::Choice(form.into()))]);
        all.extend(fields.into_iter().flatten().map(|(name, value)| (name.into(), value)));
        all
    })
}

fn op() -> impl Strategy<Value = Op> {
    prop::sample::select(vec![Op::Eq, Op::Ne, Op::Lt, Op::Le, Op::Gt, Op::Ge])
}

fn equality() -> impl Strategy<Value = Op> {
    prop::sample::select(vec![Op::Eq, Op::Ne])
}

fn field(name: &str) -> Operand {
    Operand::Field(name.into())
}

fn builtin(builtin: Builtin) -> Operand {
    Operand::Builtin(builtin)
}

fn one_of(operands: Vec<Operand>) -> BoxedStrategy<Operand> {
    prop::sample::select(operands).boxed()
}

fn compare(
    left: impl Strategy<Value = Operand>,
    op: impl Strategy<Value = Op>,
    right: impl Strategy<Value = Operand>,
) -> impl Strategy<Value = Expr> {
    (left, op, right).prop_map(|(left, op, right)| Expr::Compare { left, op, right })
}

/// Every kind of comparison the language allows, and every emptiness.
fn leaf() -> BoxedStrategy<Expr> {
    let literal = |literal: Literal| Operand::Literal(literal);
    let word = item().prop_map(move |item| literal(Literal::Text(item.to_owned())));
    let time = prop_oneof![
        one_of(vec![
            field("received_on"),
            field("seen_at"),
            builtin(Builtin::Created),
            builtin(Builtin::Changed),
            builtin(Builtin::Due),
            builtin(Builtin::Now)
        ]),
        (-4i64..40).prop_map(Operand::Today),
        (prop::sample::select(vec![Builtin::Created, Builtin::Changed, Builtin::Due, Builtin::Now]), -72i64..72)
            .prop_map(|(from, plus)| Operand::Hours { from, plus }),
        (DAY - 3..DAY + 3).prop_map(move |day| literal(Literal::Date(day_of_number(day)))),
    ]
    .boxed();
    let money =
        prop_oneof![one_of(vec![field("value"), field("limit")]), (0i64..4).prop_map(move |yuan| literal(Literal::Fen(yuan * 50_000)))]
            .boxed();
    let who = one_of(vec![
        field("receiver"),
        field("witness"),
        field("helpers"),
        builtin(Builtin::Owner),
        builtin(Builtin::Author),
        builtin(Builtin::Me),
    ]);
    let place = one_of(vec![field("unit"), builtin(Builtin::Unit), builtin(Builtin::MyUnit)]);
    let anything = [
        "receiver",
        "unit",
        "received_on",
        "seen_at",
        "form",
        "marks",
        "value",
        "weight",
        "returned",
        "giver",
        "helpers",
        "supplier",
        "photos",
        "goods",
    ];
    let mut empties: Vec<Operand> = anything.into_iter().map(field).collect();
    empties.extend([Builtin::Unit, Builtin::Owner, Builtin::Author, Builtin::Due, Builtin::Me, Builtin::State].map(builtin));
    prop_oneof![
        compare(one_of(vec![field("form"), field("marks")]), equality(), word),
        compare(
            one_of(vec![field("giver")]),
            equality(),
            prop::sample::select(vec!["", "家属"]).prop_map(move |text| literal(Literal::Text(text.to_owned())))
        ),
        compare(one_of(vec![field("form")]), equality(), one_of(vec![field("marks"), field("form")])),
        compare(
            one_of(vec![builtin(Builtin::State)]),
            equality(),
            prop::sample::select(vec!["declared", "held"]).prop_map(move |state| literal(Literal::Text(state.to_owned())))
        ),
        compare(time.clone(), op(), time),
        compare(money.clone(), op(), money),
        compare(one_of(vec![field("weight")]), op(), (0i32..4).prop_map(move |half| literal(Literal::Number(f64::from(half) / 4.0)))),
        compare(one_of(vec![field("returned")]), equality(), any::<bool>().prop_map(move |truth| literal(Literal::Flag(truth)))),
        compare(who.clone(), equality(), who),
        compare(place.clone(), equality(), place),
        (one_of(vec![field("form"), field("marks"), builtin(Builtin::State)]), prop::collection::vec(item(), 0..3))
            .prop_map(|(left, of)| Expr::In { left, of: of.into_iter().map(|item| Literal::Text(item.to_owned())).collect() }),
        one_of(empties).prop_map(Expr::Empty),
        Just(Expr::Truth("returned".into())),
        Just(Expr::Overdue),
    ]
    .boxed()
}

fn condition() -> impl Strategy<Value = Expr> {
    leaf().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Expr::All),
            prop::collection::vec(inner.clone(), 0..3).prop_map(Expr::Any),
            inner.prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

fn draw<T: std::fmt::Debug>(runner: &mut TestRunner, strategy: &impl Strategy<Value = T>) -> T {
    strategy.new_tree(runner).expect("the strategy gives a value").current()
}

/// Entries made over some days, some moved on, some overdue.
async fn filled(world: &World, runner: &mut TestRunner, count: usize) -> Vec<Entry> {
    let strategy = gift();
    for at in 0..count {
        let mut given = draw(runner, &strategy);
        // The two people who sign in take part like the others.
        if at % 5 == 0 {
            given.insert("receiver".into(), Value::Person(world.zhang));
        }
        if at % 3 == 0 {
            given.insert("unit".into(), Value::Unit(world.surgery));
        }
        let actor = if at % 4 == 0 { Actor::Person(world.li) } else { Actor::System };
        let done = world.store.submit(Request::create(actor, "gift", given)).await.expect("stored");
        if at % 6 == 0 {
            let assign = Request::new(
                Actor::System,
                "gift",
                done.entry,
                store::Wish::Assign { to: if at % 12 == 0 { world.zhang } else { world.li }, note: None },
            );
            world.store.submit(assign).await.expect("assigned");
        }
        if at % 7 == 1 {
            world.accept(world.li, done.entry).await.map_or_else(|failure| assert!(failure.refusal().is_some(), "{failure}"), drop);
        }
        if at % 10 == 9 {
            world.pass(13 * 3_600_000);
        }
    }
    world.store.table(&"gift".into()).await.expect("it reads")
}

async fn conditions_and_sql_agree(on: On) {
    let world = World::new(on).await;
    // The same entries and conditions every time; another seed is another evening's reading.
    let mut runner = TestRunner::deterministic();
    let entries = filled(&world, &mut runner, 60).await;
    let viewer = world.viewer(world.li);
    let strategy = condition();
    let (mut held, mut asked) = (0usize, 0usize);
    for _ in 0..400 {
        let expr = draw(&mut runner, &strategy);
        let now = world.store.now();
        let fact = |entry| Facts { me: Some(world.li), my_unit: Some(world.ward), ..facts(entry, now) };
        let expected: BTreeSet<EntryId> = entries.iter().filter(|entry| holds(&expr, &fact(entry))).map(|entry| entry.id).collect();
        let query = Query { condition: Some(expr.clone()), ..Query::of("gift") };
        let found: BTreeSet<EntryId> = world.store.ids(&query, &viewer).await.expect("the list reads").into_iter().collect();
        let differing: Vec<&Entry> = entries.iter().filter(|entry| expected.contains(&entry.id) != found.contains(&entry.id)).collect();
        assert!(
            differing.is_empty(),
            "{expr:#?}\nholds for {} and was found in {} entries; they differ over\n{:#?}",
            expected.len(),
            found.len(),
            differing[0]
        );
        held += expected.len();
        asked += entries.len();
    }
    // Conditions that always or never hold would prove nothing.
    assert!(held * 10 > asked && held * 10 < asked * 9, "{held} of {asked}");
}

fn facts(entry: &Entry, now: Moment) -> Facts<'_> {
    Facts { values: &entry.values, entry: Some(entry), me: None, my_unit: None, now }
}

async fn lists_show_exactly_what_may_be_read(on: On) {
    let world = World::new(on).await;
    let mut runner = TestRunner::deterministic();
    filled(&world, &mut runner, 60).await;
    // Two clues that bar li and chen, and one that bars nobody.
    for party in [Some(world.li), Some(world.chen), None] {
        let given = party.map_or(values([]), |party| values([("party", Value::People(vec![party]))]));
        world.store.submit(Request::create(Actor::System, "clue", given)).await.expect("a clue is stored");
    }
    let registers = ["gift", "clue", "report", "person"];
    let (mut shown, mut hidden) = (0, 0);
    for person in [world.zhang, world.wang, world.li, world.chen, world.zhao] {
        let viewer = world.viewer(person);
        for name in registers {
            let register = world.store.register(name).expect("it is defined");
            let query = Query { page: Page::At { offset: 0, limit: 1_000 }, ..Query::of(name) };
            let listed: BTreeSet<EntryId> =
                world.store.entries(&query, &viewer).await.expect("the list reads").into_iter().map(|found| found.entry.id).collect();
            for entry in world.store.table(&name.into()).await.expect("it reads") {
                let allowed = may(&viewer, &register, catalogue::register::Verb::Read, &entry).is_ok();
                assert_eq!(listed.contains(&entry.id), allowed, "{name} {} for {person}", entry.number);
                assert_eq!(world.store.entry(entry.id, &viewer).await.is_ok(), allowed);
                *if allowed { &mut shown } else { &mut hidden } += 1;
            }
            let counts = world.store.counts(&query, &viewer).await.expect("it counts");
            assert_eq!(counts.total, listed.len() as u64, "counts tell no more than lists");
        }
    }
    assert!(shown > 50 && hidden > 50, "{shown} shown, {hidden} hidden: both must occur");
}

async fn long_texts_compare_whole(on: On) {
    let world = World::new(on).await;
    let long = "长".repeat(900);
    let other = format!("{}短", "长".repeat(899));
    for giver in [&long, &other] {
        world.gift(world.zhang, values([("giver", text(giver))])).await;
    }
    let condition = Expr::Compare { left: field("giver"), op: Op::Eq, right: Operand::Literal(Literal::Text(long.clone())) };
    let query = Query { condition: Some(condition), ..Query::of("gift") };
    let found = world.store.entries(&query, &world.viewer(world.li)).await.expect("the list reads");
    assert_eq!(found.iter().map(|found| found.entry.values.get("giver").cloned()).collect::<Vec<_>>(), vec![Some(text(&long))]);
}
