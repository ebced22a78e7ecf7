//! Lengths that say little. All in bytes.

/// The length an envelope's inside is padded to: 256 B, 1 KiB, 4 KiB, then multiples of 16 KiB.
pub(crate) fn envelope(length: usize) -> usize {
    const STEPS: [usize; 3] = [256, 1024, 4096];
    const THEN: usize = 16 * 1024;
    STEPS.into_iter().find(|step| length <= *step).unwrap_or_else(|| length.next_multiple_of(THEN))
}

/// The length a file's inside is padded to: at least 16 KiB, then Padmé, which adds at most 12 % and leaves of the length
/// only about log log of it.
///
/// Source: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs" (2019), §4.
pub(crate) fn file(length: u64) -> u64 {
    const LEAST: u64 = 16 * 1024;
    let length = length.max(LEAST);
    let exponent = length.ilog2();
    let kept = exponent.ilog2() + 1;
    length.next_multiple_of(1 << (exponent - kept))
}
