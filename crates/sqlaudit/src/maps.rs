//! Maps that come with the product, by their names.

pub const SHIPPED: [(&str, &str); 3] =
    [("his", include_str!("../maps/his.toml")), ("mimic", include_str!("../maps/mimic.toml")), ("eicu", include_str!("../maps/eicu.toml"))];
