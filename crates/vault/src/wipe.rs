//! Overwriting what held plaintext.

use std::collections::BTreeMap;

use serde_json::Value;
use zeroize::Zeroize;

/// A value that can overwrite its own contents before its memory is given back.
///
/// Own and not `zeroize::Zeroize`, because opened answers come as maps and JSON, which that trait does not know.
pub trait Wipe {
    fn wipe(&mut self);
}

impl Wipe for String {
    fn wipe(&mut self) {
        self.zeroize();
    }
}

impl Wipe for Vec<u8> {
    fn wipe(&mut self) {
        self.zeroize();
    }
}

impl<T: Wipe> Wipe for Option<T> {
    fn wipe(&mut self) {
        if let Some(value) = self {
            value.wipe();
        }
    }
}

impl<T: Wipe> Wipe for Vec<T> {
    fn wipe(&mut self) {
        self.iter_mut().for_each(Wipe::wipe);
        self.clear();
    }
}

impl<T: Wipe> Wipe for BTreeMap<String, T> {
    fn wipe(&mut self) {
        while let Some((mut name, mut value)) = self.pop_first() {
            name.zeroize();
            value.wipe();
        }
    }
}

impl Wipe for Value {
    /// Texts, lists and maps are overwritten in place; numbers and yes/no are replaced by null.
    fn wipe(&mut self) {
        match self {
            Value::String(text) => text.zeroize(),
            Value::Array(items) => items.wipe(),
            Value::Object(fields) => {
                for (mut name, mut value) in std::mem::take(fields) {
                    name.zeroize();
                    value.wipe();
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) => *self = Value::Null,
        }
    }
}
