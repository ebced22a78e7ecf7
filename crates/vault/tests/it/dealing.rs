use proptest::prelude::*;
use vault::{Approval, Ask, Context, Dealing, DealingError, EntryKey, HandlerKey, OpenError, Recipient, SystemEntropy, Wish, open, seal};

use crate::given::{Constant, Counting, HERE, elsewhere, entry_key, handler_key, plain};

const IDENTITY: Context<'static> = Context { purpose: "identity", ..HERE };
/// 2026-03-02 09:00 UTC and two days later, in milliseconds.
const ASKED: i64 = 1_772_442_000_000;
const UNTIL: i64 = ASKED + 2 * 86_400_000;

fn keys(count: usize) -> Vec<HandlerKey> {
    (0..count).map(|_| handler_key()).collect()
}

fn public(keys: &[HandlerKey]) -> Vec<Recipient> {
    keys.iter().map(HandlerKey::recipient).collect()
}

fn deal(key: &EntryKey, custodians: &[HandlerKey]) -> Dealing<EntryKey> {
    Dealing::deal(key, &public(custodians), &IDENTITY, &mut SystemEntropy).unwrap()
}

fn ask(asker: &HandlerKey, wish: Wish) -> Ask {
    Ask::new("p7", &asker.recipient(), wish, "核实举报人是否本院职工", (ASKED, UNTIL), &mut SystemEntropy)
}

fn approve(dealing: &Dealing<EntryKey>, ask: &Ask, custodian: &HandlerKey) -> Approval {
    dealing.approve(ask, custodian, &IDENTITY, ASKED + 1).unwrap()
}

fn opened(dealing: &Dealing<EntryKey>, ask: &Ask, approvals: [&Approval; 2], asker: &HandlerKey) -> Result<EntryKey, DealingError> {
    dealing.open(ask, approvals, asker, &IDENTITY, ASKED + 2)
}

#[test]
fn any_two_open_an_identity_and_none_alone() {
    let (custodians, asker, key) = (keys(5), handler_key(), entry_key());
    let dealing = deal(&key, &custodians);
    let identity = seal(dealing.public(), &IDENTITY, "赵某某".as_bytes());
    let ask = ask(&asker, Wish::Open);
    let approvals: Vec<Approval> = custodians.iter().map(|custodian| approve(&dealing, &ask, custodian)).collect();
    for (first, one) in approvals.iter().enumerate() {
        for (second, other) in approvals.iter().enumerate() {
            let answer = opened(&dealing, &ask, [one, other], &asker);
            if first == second {
                assert_eq!(answer.err(), Some(DealingError::SameCustodian), "{first} alone");
            } else {
                let key = answer.unwrap_or_else(|error| panic!("{first} and {second}: {error}"));
                assert_eq!(plain(&open(&key, &IDENTITY, &identity).unwrap()), "赵某某".as_bytes());
            }
        }
    }
}

#[test]
fn shares_are_laid_out_as_written_down() {
    // Custodians whose secrets age itself can read with, in the places of this dealing.
    let identities: Vec<age::x25519::Identity> = (0..3).map(|_| age::x25519::Identity::generate()).collect();
    let custodians: Vec<Recipient> = identities.iter().map(|identity| identity.to_public().to_string().parse().unwrap()).collect();
    let key = EntryKey::generate(&mut Constant(9));
    let dealing = Dealing::deal(&key, &custodians, &IDENTITY, &mut Counting(0)).unwrap();
    let stored: serde_json::Value = serde_json::to_value(&dealing).unwrap();
    assert_eq!(stored["id"], "000102030405060708090a0b0c0d0e0f");
    let inside = |place: usize| {
        let sealed: vault::Sealed = serde_json::from_value(stored["shares"][place]["sealed"].clone()).unwrap();
        age::decrypt(&identities[place], sealed.as_bytes()).unwrap()
    };
    // After the id, pads are drawn for the pairs (0,1), (0,2), (1,2): bytes that count on.
    let pad = |number: u8| (16 + number * 32..48 + number * 32).collect::<Vec<u8>>();
    let under = |pad: Vec<u8>| pad.into_iter().map(|byte| byte ^ 9).collect::<Vec<u8>>();
    // Source: Python's `hashlib` over the texts as the module says.
    let digests = [hex::decode(CONTEXT).unwrap(), hex::decode(ROUND).unwrap()].concat();
    let check = |place: usize, values: [Vec<u8>; 2]| {
        let wanted = [b"QLS1".to_vec(), digests.clone(), vec![u8::try_from(place).unwrap(), 3], values.concat()].concat();
        assert_eq!(hex::encode(inside(place)), hex::encode(wanted), "share {place}");
    };
    check(0, [pad(0), pad(1)]);
    check(1, [under(pad(0)), pad(2)]);
    check(2, [under(pad(1)), under(pad(2))]);
}

const CONTEXT: &str = "7f84eb363fe7410b9f3f1f36bf53d364e2313e6a61433308e4f0e0f34cb50552";
const ROUND: &str = "31c9d7c05f9d578861823f11061745bee8b474c91c8977fa0028e00c241e578a";

#[test]
fn an_approval_serves_its_request_only() {
    let (custodians, asker) = (keys(3), handler_key());
    let (here, there) = (deal(&entry_key(), &custodians), deal(&entry_key(), &custodians));
    let asked = ask(&asker, Wish::Open);
    let [one, other] = [0, 1].map(|place| approve(&here, &asked, &custodians[place]));
    let both = [&one, &other];
    assert!(opened(&here, &asked, both, &asker).is_ok());

    assert_eq!(opened(&there, &asked, both, &asker).err(), Some(DealingError::OtherRequest), "another identity");
    for context in elsewhere() {
        let answer = here.open(&asked, both, &asker, &Context { purpose: "identity", ..context }, ASKED + 2);
        let is_here = Context { purpose: "identity", ..context } == IDENTITY;
        assert_eq!(answer.err(), (!is_here).then_some(DealingError::OtherRequest), "{context:?}");
    }
    let thief = handler_key();
    assert_eq!(opened(&here, &asked, both, &thief).err(), Some(DealingError::Open(OpenError::WrongKey)), "another asker");

    let check = |what: &str, change: &dyn Fn(&mut Ask)| {
        let mut changed = asked.clone();
        change(&mut changed);
        assert_eq!(opened(&here, &changed, both, &asker).err(), Some(DealingError::OtherRequest), "{what}");
    };
    check("in another's name", &|ask| ask.asker = "p8".to_owned());
    check("for another reason", &|ask| ask.reason_sha256 = "0".repeat(64));
    check("a second time, as another request", &|ask| ask.nonce = "0".repeat(32));
    check("for longer", &|ask| ask.until_ms += 1);
    check("from earlier on", &|ask| ask.asked_ms -= 1);
    let later = ask(&asker, Wish::Open);
    let fresh = approve(&here, &later, &custodians[1]);
    assert_eq!(opened(&here, &later, [&one, &fresh], &asker).err(), Some(DealingError::OtherRequest), "one left over from before");
}

#[test]
fn a_request_runs_out() {
    let (custodians, asker) = (keys(2), handler_key());
    let dealing = deal(&entry_key(), &custodians);
    let asked = ask(&asker, Wish::Open);
    let [one, other] = [0, 1].map(|place| approve(&dealing, &asked, &custodians[place]));
    let at = |now| dealing.open(&asked, [&one, &other], &asker, &IDENTITY, now).map(|_| ());
    assert_eq!(
        [at(ASKED - 1), at(ASKED), at(UNTIL), at(UNTIL + 1)],
        [Err(DealingError::Expired), Ok(()), Ok(()), Err(DealingError::Expired)]
    );
    let consent = |now| dealing.approve(&asked, &custodians[0], &IDENTITY, now).map(|_| ());
    assert_eq!([consent(ASKED - 1), consent(UNTIL), consent(UNTIL + 1)], [Err(DealingError::Expired), Ok(()), Err(DealingError::Expired)]);
}

#[test]
fn the_reason_is_known_by_its_hash_only() {
    let asked = ask(&handler_key(), Wish::Open);
    assert!(asked.states("核实举报人是否本院职工"));
    assert!(!asked.states("核实举报人是否本院职工。"));
    assert!(!serde_json::to_string(&asked).unwrap().contains("核实"));
    let again: Ask = serde_json::from_str(&serde_json::to_string(&asked).unwrap()).unwrap();
    assert_eq!(again, asked);
    assert_ne!(ask(&handler_key(), Wish::Open).reason_sha256, asked.reason_sha256, "the same reason twice does not show");
}

#[test]
fn only_a_custodian_consents() {
    let custodians = keys(2);
    let dealing = deal(&entry_key(), &custodians);
    let asker = handler_key();
    let asked = ask(&asker, Wish::Open);
    let refused = dealing.approve(&asked, &handler_key(), &IDENTITY, ASKED).err();
    assert_eq!(refused, Some(DealingError::NotACustodian));
    let elsewhere = dealing.approve(&asked, &custodians[0], &HERE, ASKED).err();
    assert_eq!(elsewhere, Some(DealingError::Open(OpenError::WrongContext)));
    // A custodian may ask, and is then one of the two.
    let own = ask(&custodians[0], Wish::Open);
    let [one, other] = [0, 1].map(|place| approve(&dealing, &own, &custodians[place]));
    assert!(opened(&dealing, &own, [&one, &other], &custodians[0]).is_ok());
    assert_eq!(opened(&dealing, &own, [&one, &one], &custodians[0]).err(), Some(DealingError::SameCustodian));
}

#[test]
fn custodians_change_and_the_old_round_is_over() {
    let (old, asker, key) = (keys(3), handler_key(), entry_key());
    let dealing = deal(&key, &old);
    // The third leaves, two new ones come.
    let new: Vec<HandlerKey> = keys(2);
    let office = [public(&old)[..2].to_vec(), public(&new)].concat();
    let change = ask(&asker, Wish::Change(office.clone()));
    let [one, other] = [0, 2].map(|place| approve(&dealing, &change, &old[place]));
    assert_eq!(opened(&dealing, &change, [&one, &other], &asker).err(), Some(DealingError::OtherRequest), "not for reading");
    let next = dealing.change(&change, [&one, &other], &asker, &IDENTITY, ASKED + 2, &mut SystemEntropy).unwrap();
    assert_eq!(next.public(), dealing.public(), "what is sealed stays as it is");
    assert!(next.custodians().eq(&office));

    let read = ask(&asker, Wish::Open);
    assert_eq!(next.approve(&read, &old[2], &IDENTITY, ASKED).err(), Some(DealingError::NotACustodian), "who left is out");
    let [stayed, came] = [&old[0], &new[0]].map(|custodian| approve(&next, &read, custodian));
    assert_eq!(opened(&next, &read, [&stayed, &came], &asker).map(|key| key.recipient()), Ok(key.recipient()));
    assert_eq!(next.change(&read, [&stayed, &came], &asker, &IDENTITY, ASKED, &mut SystemEntropy).err(), Some(DealingError::OtherRequest));
    let stale = approve(&dealing, &read, &old[1]);
    assert_eq!(opened(&next, &read, [&stayed, &stale], &asker).err(), Some(DealingError::OtherRequest), "an old share with a new one");
    assert_eq!(opened(&dealing, &read, [&stayed, &stale], &asker).err(), Some(DealingError::OtherRequest), "a new one with an old one");
}

#[test]
fn a_share_put_into_another_round_is_noticed() {
    let (custodians, asker, key) = (keys(3), handler_key(), entry_key());
    let (first, second) = (deal(&key, &custodians), deal(&key, &custodians));
    let mut mixed = serde_json::to_value(&second).unwrap();
    mixed["shares"][0] = serde_json::to_value(&first).unwrap()["shares"][0].clone();
    let mixed: Dealing<EntryKey> = serde_json::from_value(mixed).unwrap();
    let asked = ask(&asker, Wish::Open);
    assert_eq!(mixed.approve(&asked, &custodians[0], &IDENTITY, ASKED).err(), Some(DealingError::OtherRound));
    // Shares that changed places, and one taken away.
    let mut turned = serde_json::to_value(&second).unwrap();
    let shares = turned["shares"].as_array_mut().unwrap();
    shares.swap(0, 1);
    let turned: Dealing<EntryKey> = serde_json::from_value(turned).unwrap();
    assert_eq!(turned.approve(&asked, &custodians[0], &IDENTITY, ASKED).err(), Some(DealingError::OtherRound));
    let mut fewer = serde_json::to_value(&second).unwrap();
    fewer["shares"].as_array_mut().unwrap().pop();
    let fewer: Dealing<EntryKey> = serde_json::from_value(fewer).unwrap();
    assert_eq!(fewer.approve(&asked, &custodians[0], &IDENTITY, ASKED).err(), Some(DealingError::OtherRound));
}

#[test]
fn a_forged_share_gives_no_false_key() {
    // Whoever writes to the store can seal a share of the right round to a custodian, with numbers of their own.
    let (custodians, asker, key) = (keys(2), handler_key(), EntryKey::generate(&mut Constant(9)));
    let dealing = Dealing::deal(&key, &public(&custodians), &IDENTITY, &mut Counting(0)).unwrap();
    let inside = [b"QLS1".to_vec(), hex::decode(CONTEXT).unwrap(), hex::decode(ROUND).unwrap(), vec![0, 2], vec![7; 32]].concat();
    let to: age::x25519::Recipient = custodians[0].recipient().to_string().parse().unwrap();
    let mut stored = serde_json::to_value(&dealing).unwrap();
    stored["shares"][0]["sealed"] = serde_json::to_value(vault::Sealed::from_bytes(age::encrypt(&to, &inside).unwrap())).unwrap();
    let forged: Dealing<EntryKey> = serde_json::from_value(stored).unwrap();
    let asked = ask(&asker, Wish::Open);
    let [one, other] = [0, 1].map(|place| approve(&forged, &asked, &custodians[place]));
    assert_eq!(opened(&forged, &asked, [&one, &other], &asker).err(), Some(DealingError::OtherRound));
}

#[test]
fn a_leaver_passes_the_share_on_but_not_to_one_who_has_one() {
    let (custodians, asker, key) = (keys(3), handler_key(), entry_key());
    let dealing = deal(&key, &custodians);
    let successor = handler_key();
    let refused = dealing.hand_over(&custodians[2], &custodians[0].recipient(), &IDENTITY).err();
    assert_eq!(refused, Some(DealingError::Custodians), "with two shares one would open alone");
    assert_eq!(dealing.hand_over(&successor, &handler_key().recipient(), &IDENTITY).err(), Some(DealingError::NotACustodian));
    let passed = dealing.hand_over(&custodians[2], &successor.recipient(), &IDENTITY).unwrap();
    let asked = ask(&asker, Wish::Open);
    assert_eq!(passed.approve(&asked, &custodians[2], &IDENTITY, ASKED).err(), Some(DealingError::NotACustodian));
    for colleague in &custodians[..2] {
        let [one, other] = [&successor, colleague].map(|custodian| approve(&passed, &asked, custodian));
        assert_eq!(opened(&passed, &asked, [&one, &other], &asker).map(|key| key.recipient()), Ok(key.recipient()));
    }
}

#[test]
fn a_set_of_custodians_that_cannot_be_is_refused() {
    let deal = |custodians: &[Recipient]| Dealing::deal(&entry_key(), custodians, &IDENTITY, &mut SystemEntropy).map(|_| ());
    let many = public(&keys(17));
    assert_eq!(deal(&many[..1]), Err(DealingError::Custodians));
    assert_eq!(deal(&many), Err(DealingError::Custodians));
    assert_eq!(deal(&many[..16]), Ok(()));
    assert_eq!(deal(&many[..2]), Ok(()));
    assert_eq!(deal(&[many[0].clone(), many[1].clone(), many[0].clone()]), Err(DealingError::Custodians), "twice the same");
    // Nor from the store.
    let custodians = keys(2);
    let mut stored = serde_json::to_value(self::deal(&entry_key(), &custodians)).unwrap();
    let twice = stored["shares"][0]["custodian"].clone();
    stored["shares"][1]["custodian"] = twice;
    assert!(serde_json::from_value::<Dealing<EntryKey>>(stored).is_err());
    // Nor is a change to such a set consented to.
    let dealing = self::deal(&entry_key(), &custodians);
    let alone = ask(&handler_key(), Wish::Change(vec![many[0].clone()]));
    assert_eq!(dealing.approve(&alone, &custodians[0], &IDENTITY, ASKED).err(), Some(DealingError::Custodians));
}

#[test]
fn a_recovery_key_in_escrow_comes_back_through_two() {
    let (persons, asker) = (keys(3), handler_key());
    let context = Context { institution: "h1", register: "", entry: "", purpose: "recovery" };
    let recovery = handler_key();
    let escrow = Dealing::deal(&recovery, &public(&persons), &context, &mut SystemEntropy).unwrap();
    let escrow: Dealing<HandlerKey> = serde_json::from_str(&serde_json::to_string(&escrow).unwrap()).unwrap();
    let asked = ask(&asker, Wish::Open);
    let [one, other] = [1, 2].map(|place| escrow.approve(&asked, &persons[place], &context, ASKED).unwrap());
    let again = escrow.open(&asked, [&one, &other], &asker, &context, ASKED).unwrap();
    assert_eq!(again.recipient(), recovery.recipient());
    // The same bytes do not pass for a dealing of another kind.
    let as_identity: Dealing<EntryKey> = serde_json::from_value(serde_json::to_value(&escrow).unwrap()).unwrap();
    assert_eq!(as_identity.approve(&asked, &persons[0], &context, ASKED).err(), Some(DealingError::OtherRound));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn of_any_number_every_pair_opens(count in 2_usize..=16, first in any::<usize>(), second in any::<usize>(), secret in any::<u8>()) {
        let (first, second) = (first % count, second % count);
        let (custodians, asker, key) = (keys(count), handler_key(), EntryKey::generate(&mut Counting(secret)));
        let dealing = deal(&key, &custodians);
        let asked = ask(&asker, Wish::Open);
        let [one, other] = [first, second].map(|place| approve(&dealing, &asked, &custodians[place]));
        let answer = opened(&dealing, &asked, [&one, &other], &asker).map(|key| key.recipient());
        prop_assert_eq!(answer, if first == second { Err(DealingError::SameCustodian) } else { Ok(key.recipient()) });
    }

    #[test]
    fn what_one_holds_is_the_same_whatever_the_key(secret in any::<[u8; 2]>()) {
        // Draws with the same pads for two keys: a custodian who is first of every pair holds exactly the same, and each
        // value of the others differs by exactly the difference of the keys, which a pad of its own hides.
        let identities: Vec<age::x25519::Identity> = (0..3).map(|_| age::x25519::Identity::generate()).collect();
        let custodians: Vec<Recipient> = identities.iter().map(|identity| identity.to_public().to_string().parse().unwrap()).collect();
        let values = |secret: u8| -> Vec<Vec<u8>> {
            let key = EntryKey::generate(&mut Constant(secret));
            let stored = serde_json::to_value(Dealing::deal(&key, &custodians, &IDENTITY, &mut Counting(3)).unwrap()).unwrap();
            let sealed = |place: usize| serde_json::from_value::<vault::Sealed>(stored["shares"][place]["sealed"].clone()).unwrap();
            (0..3).map(|place| age::decrypt(&identities[place], sealed(place).as_bytes()).unwrap()[70..].to_vec()).collect()
        };
        let (one, other) = (values(secret[0]), values(secret[1]));
        prop_assert_eq!(&one[0], &other[0]);
        let difference: Vec<u8> = one[2].iter().zip(&other[2]).map(|(one, other)| one ^ other).collect();
        prop_assert_eq!(difference, vec![secret[0] ^ secret[1]; 64]);
    }
}
