//! What a table holds and what a column says.

use serde::Deserialize;
use std::ops::{BitOr, BitOrAssign};

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Orders, prescriptions, dispensing: each row is a use of a drug.
    Prescription,
    /// Uses of consumables; counted like drugs.
    Consumable,
    /// Charges of every sort: drug use only where the statement turns to drugs.
    Charge,
    /// The pharmacy's goods in store, received and issued.
    Stock,
    /// The dictionary of drugs.
    Drug,
    Doctor,
    Department,
    Patient,
    /// Visits and admissions.
    Encounter,
    /// Known, and nothing of the above: laboratory, diagnoses, beds.
    Other,
    /// Neither in the map nor told by its name.
    #[serde(skip)]
    Unknown,
}

/// What a column says; several at once where an expression mixes columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Roles(u16);

impl Roles {
    pub const NONE: Roles = Roles(0);
    pub const DRUG: Roles = Roles(1);
    pub const QTY: Roles = Roles(2);
    pub const AMOUNT: Roles = Roles(4);
    pub const DOCTOR: Roles = Roles(8);
    pub const DEPT: Roles = Roles(16);
    pub const TIME: Roles = Roles(32);
    pub const PATIENT: Roles = Roles(64);
    pub const ENCOUNTER: Roles = Roles(128);
    /// The sort of a charge: drug, laboratory, bed.
    pub const CATEGORY: Roles = Roles(256);
    /// An item of a charge list, which may be a drug.
    pub const ITEM: Roles = Roles(512);
    /// Oracle's ROWNUM, and columns made by a ranking function.
    pub const RANK: Roles = Roles(1024);

    pub const MEASURE: Roles = Roles(2 | 4);
    pub const ORDERER: Roles = Roles(8 | 16);
    pub const PERSON: Roles = Roles(64 | 128);
    /// What a statistic of drug use is cut by.
    pub const AXES: Roles = Roles(1 | 8 | 16 | 512);

    pub fn has(self, other: Roles) -> bool {
        self.0 & other.0 != 0
    }

    pub fn only(self, other: Roles) -> Roles {
        Roles(self.0 & other.0)
    }

    pub fn without(self, other: Roles) -> Roles {
        Roles(self.0 & !other.0)
    }

    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Reads the word a map uses; `none` takes a column out of the guesses by name.
    pub fn named(word: &str) -> Option<Roles> {
        Some(match word {
            "drug" => Self::DRUG,
            "qty" => Self::QTY,
            "amount" => Self::AMOUNT,
            "doctor" => Self::DOCTOR,
            "dept" => Self::DEPT,
            "time" => Self::TIME,
            "patient" => Self::PATIENT,
            "encounter" => Self::ENCOUNTER,
            "category" => Self::CATEGORY,
            "item" => Self::ITEM,
            "none" => Self::NONE,
            _ => return None,
        })
    }
}

impl BitOr for Roles {
    type Output = Roles;
    fn bitor(self, other: Roles) -> Roles {
        Roles(self.0 | other.0)
    }
}

impl BitOrAssign for Roles {
    fn bitor_assign(&mut self, other: Roles) {
        self.0 |= other.0;
    }
}
