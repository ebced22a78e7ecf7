//! Bytes whose text form is hexadecimal digits: in the database, in JSON and in messages alike.

/// Gives a tuple struct of one byte array its text form, both ways. Its `Debug` is its own: not every tag may stand in a log.
macro_rules! in_hex {
    ($name:ident) => {
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl std::str::FromStr for $name {
            type Err = hex::FromHexError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = Self([0; _]);
                hex::decode_to_slice(text, &mut bytes.0)?;
                Ok(bytes)
            }
        }

        impl TryFrom<String> for $name {
            type Error = hex::FromHexError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(bytes: $name) -> String {
                bytes.to_string()
            }
        }
    };
}

pub(crate) use in_hex;
