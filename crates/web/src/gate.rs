//! The gate before what anybody may send without an account: above a rate a report costs a puzzle. Nobody is turned away by it, and
//! nothing is kept about anybody: addresses are counted for two minutes, in memory, under a hash that dies with the process.

mod puzzle;
mod rate;

pub(crate) use self::puzzle::{Puzzle, Solution};

use self::rate::Rates;
use axum::extract::Request;
use axum::http::HeaderMap;
use engine::Moment;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// When a puzzle begins. Units: reports a minute.
#[derive(Debug, Clone)]
pub struct Flood {
    /// From one address. A whole hospital may stand behind one.
    pub each: u32,
    /// From everywhere.
    pub all: u32,
    /// Addresses of proxies whose word about who stands behind them is taken.
    pub proxies: Vec<IpAddr>,
}

impl Default for Flood {
    fn default() -> Self {
        Self { each: 30, all: 120, proxies: Vec::new() }
    }
}

/// Who is on the other side of a connection, as the server sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub IpAddr);

pub(crate) struct Gate {
    flood: Flood,
    /// The key under which addresses are hashed: new with every start.
    hashing: RandomState,
    rates: Mutex<Rates>,
}

impl Gate {
    pub(crate) fn new(flood: Flood) -> Self {
        Self { flood, hashing: RandomState::new(), rates: Mutex::default() }
    }

    /// Where a request comes from. `None`: the server did not say.
    pub(crate) fn origin(&self, request: &Request) -> Option<IpAddr> {
        let peer = request.extensions().get::<Peer>()?;
        Some(self.behind(peer.0, request.headers()))
    }

    /// Counts one more report on its way. Answers how hard its puzzle is; `None`: it needs none.
    pub(crate) fn knock(&self, origin: Option<IpAddr>, now: Moment) -> Option<u32> {
        let from = origin.map(|origin| self.hashing.hash_one(network(origin)));
        let (each, all) = self.rates().count(from, now);
        let times = |rate: u32, free: u32| rate / free.max(1);
        let over = times(each, self.flood.each).max(times(all, self.flood.all));
        (each > self.flood.each || all > self.flood.all).then(|| puzzle::hardness(over))
    }

    /// The address a trusted proxy names; the last it added itself, what came before may be made up.
    fn behind(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.flood.proxies.contains(&peer) {
            return peer;
        }
        let named = headers.get_all("x-forwarded-for").iter().next_back().and_then(|list| list.to_str().ok());
        named.and_then(|list| list.rsplit(',').next()?.trim().parse().ok()).unwrap_or(peer)
    }

    fn rates(&self) -> MutexGuard<'_, Rates> {
        self.rates.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One household has a whole /64 to send from.
fn network(address: IpAddr) -> [u8; 8] {
    match address.to_canonical() {
        IpAddr::V4(four) => [four.octets().as_slice(), &[0; 4]].concat().try_into().expect("four bytes and four"),
        IpAddr::V6(six) => six.octets()[..8].try_into().expect("the first eight of sixteen"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Moment = Moment(1_790_000_000_000);

    fn gate(each: u32, all: u32) -> Gate {
        Gate::new(Flood { each, all, proxies: vec![[10, 0, 0, 1].into()] })
    }

    #[test]
    fn a_puzzle_begins_above_the_rate_of_one_address_and_of_all() {
        let gate = gate(3, 5);
        let from = |last: u8| Some(IpAddr::from([192, 0, 2, last]));
        assert!((0..3).all(|_| gate.knock(from(1), AT).is_none()));
        assert!(gate.knock(from(1), AT).is_some(), "the fourth from one address");
        assert!(gate.knock(from(2), AT).is_none(), "the fifth of all");
        assert!(gate.knock(from(3), AT).is_some(), "the sixth of all");
        assert!(gate.knock(from(1), Moment(AT.0 + 180_000)).is_none(), "three minutes later nobody knows");
    }

    #[test]
    fn a_greater_flood_makes_a_harder_puzzle_up_to_a_limit() {
        let gate = gate(1, 1_000_000);
        let from = Some(IpAddr::from([192, 0, 2, 1]));
        let asked: Vec<u32> = (0..3_000).filter_map(|_| gate.knock(from, AT)).collect();
        assert!(asked.is_sorted() && asked[0] < asked[2_000], "{:?}", &asked[..8]);
        assert!(*asked.last().expect("asked") <= 21);
    }

    #[test]
    fn only_a_trusted_proxy_says_who_is_behind_it() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "198.51.100.7, 203.0.113.9".parse().expect("a header"));
        let (proxy, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        let gate = gate(1, 1);
        assert_eq!(gate.behind(proxy, &headers), IpAddr::from([203, 0, 113, 9]));
        assert_eq!(gate.behind(other, &headers), other);
    }
}
