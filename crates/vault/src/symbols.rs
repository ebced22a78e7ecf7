//! Codes of Crockford's base 32, shown in groups of four and read as people type them: receipt codes, recovery codes and
//! the code an authority confirms a package with.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::entropy::Entropy;
use crate::error::TypedError;
use crate::typed;
use crate::unlocked::Unlocked;

/// `N` symbols of five bits. Wiped when dropped.
pub(crate) struct Symbols<const N: usize>(Box<Zeroizing<[u8; N]>>);

impl<const N: usize> Symbols<N> {
    pub(crate) fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut code = Self(Box::new(Zeroizing::new([0; N])));
        entropy.fill(code.0.as_mut_slice());
        for symbol in code.0.iter_mut() {
            // 32 symbols divide 256 evenly, so every symbol is equally likely.
            *symbol = ALPHABET[usize::from(*symbol % 32)];
        }
        code
    }

    pub(crate) fn parse(typed: &str) -> Result<Self, TypedError> {
        let symbols = typed::symbols(typed);
        let found = symbols.chars().count();
        if found != N {
            return Err(TypedError::Length { found, wanted: N });
        }
        let mut code = Self(Box::new(Zeroizing::new([0; N])));
        for (place, symbol) in symbols.chars().enumerate() {
            code.0[place] = crockford(symbol).ok_or(TypedError::Symbol { position: place + 1 })?;
        }
        Ok(code)
    }

    /// `7K3M-…`
    pub(crate) fn to_groups(&self) -> Unlocked<String> {
        let mut text = String::with_capacity(N + N / GROUP);
        for (place, symbol) in self.0.iter().enumerate() {
            if place > 0 && place % GROUP == 0 {
                text.push('-');
            }
            text.push(char::from(*symbol));
        }
        Unlocked::new(text)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_slice()
    }

    /// In constant time.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

const GROUP: usize = 4;
/// Crockford's base 32: no I, L, O or U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn crockford(typed: char) -> Option<u8> {
    let symbol = match typed {
        'O' => b'0',
        'I' | 'L' => b'1',
        other => u8::try_from(other).ok()?,
    };
    ALPHABET.contains(&symbol).then_some(symbol)
}
