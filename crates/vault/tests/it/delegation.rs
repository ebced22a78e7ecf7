use vault::{Delegation, DelegationError, HandlerKey, Keyring, OpenError, SystemEntropy, Terms, Wrap};

use crate::given::{HERE, entry_key, handler_key};

fn terms() -> Terms {
    Terms { institution: "h1".to_owned(), from: "p1".to_owned(), to: "p2".to_owned(), starts_ms: 1_000, ends_ms: 2_000 }
}

fn grant(deputy: &HandlerKey) -> Delegation {
    Delegation::grant(terms(), &deputy.recipient(), &mut SystemEntropy)
}

#[test]
fn a_deputy_reads_within_the_term() {
    let (away, deputy, entry) = (handler_key(), handler_key(), entry_key());
    let own = Wrap::to(&entry, &away.recipient(), &HERE);
    let delegation = grant(&deputy);
    let lent = Keyring::new(away).rewrap(&own, &HERE, &delegation.recipient).unwrap();
    let stored: Delegation = serde_json::from_str(&serde_json::to_string(&delegation).unwrap()).unwrap();

    let opened = stored.open(&deputy, 1_500).unwrap();
    let mut ring = Keyring::new(deputy);
    assert_eq!(ring.open(&lent, &HERE).err(), Some(OpenError::WrongKey), "the deputy's own key does not open it");
    ring.add(opened);
    assert_eq!(ring.open(&lent, &HERE).unwrap().recipient(), entry.recipient());
    assert_eq!(ring.open(&own, &HERE).err(), Some(OpenError::WrongKey), "nor does the delegation open what was not lent");
}

#[test]
fn a_delegation_opens_from_its_first_to_its_last_moment() {
    let deputy = handler_key();
    let delegation = grant(&deputy);
    let check = |now, answer: Result<(), DelegationError>| assert_eq!(delegation.open(&deputy, now).map(|_| ()), answer, "at {now}");
    check(999, Err(DelegationError::OutOfTerm));
    check(1_000, Ok(()));
    check(2_000, Ok(()));
    check(2_001, Err(DelegationError::OutOfTerm));
}

#[test]
fn other_terms_than_those_granted_are_noticed() {
    let deputy = handler_key();
    let granted = grant(&deputy);
    let check = |what: &str, change: &dyn Fn(&mut Delegation)| {
        let mut changed = granted.clone();
        change(&mut changed);
        assert_eq!(changed.open(&deputy, 1_500).err(), Some(DelegationError::Open(OpenError::WrongContext)), "{what}");
    };
    check("longer", &|it| it.terms.ends_ms += 1);
    check("sooner", &|it| it.terms.starts_ms -= 1);
    check("for another", &|it| it.terms.from = "p3".to_owned());
    check("to another", &|it| it.terms.to = "p3".to_owned());
    check("elsewhere", &|it| it.terms.institution = "h2".to_owned());
    check("with another key", &|it| it.recipient = handler_key().recipient());
    assert_eq!(granted.open(&handler_key(), 1_500).err(), Some(DelegationError::Open(OpenError::WrongKey)));
}
