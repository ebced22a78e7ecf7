//! A house of two crates and one register.

use std::fs;
use std::path::Path;
use tempfile::TempDir;
use xtask::tidy::tidy;

pub struct House {
    folder: TempDir,
}

const ARCHITECTURE: &str = "# A small house\n\n    catalogue ← engine ← store\n    catalogue ← xtask\n";

impl House {
    /// A tidy house.
    pub fn new() -> Self {
        let house = Self { folder: tempfile::tempdir().unwrap() };
        house.put("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n");
        house.put("ARCHITECTURE.md", ARCHITECTURE);
        house.manifest("catalogue", "");
        house.manifest("engine", "[dependencies]\ncatalogue = { path = \"../catalogue\" }\n");
        house.manifest("store", "[dependencies]\nengine = { path = \"../engine\" }\ncatalogue = { path = \"../catalogue\" }\n");
        house.put("catalogue/areas.toml", "[gift]\ntitle = \"红包\"\nshort = \"红包\"\nicon = \"gift\"\n");
        house.put("catalogue/roles.toml", include_str!("../../../crates/catalogue/tests/it/small/roles.toml"));
        house.put("catalogue/lists/form.toml", include_str!("../../../crates/catalogue/tests/it/small/form.toml"));
        house.put("catalogue/registers/gift/gift.toml", include_str!("../../../crates/catalogue/tests/it/small/gift.toml"));
        house.put("catalogue/registers/gift/gift.md", "# gift\n");
        let favour = include_str!("../../../crates/catalogue/tests/it/small/gift.toml").replace("\"gift\"", "\"favour\"");
        house.put("catalogue/registers/gift/favour.toml", &favour);
        house.put("catalogue/registers/gift/favour.md", "# favour\n");
        house.put("catalogue/locales/zh-CN/ui.ftl", "hello = 您好 { $name }\nbye = 再见\n    .title = 退出\n");
        house.put("catalogue/locales/en/ui.ftl", "hello = Hello { $name }\nbye = Bye\n    .title = Leave\n");
        fs::create_dir_all(house.root().join("docs")).unwrap();
        xtask::rights::write(house.root()).unwrap();
        house
    }

    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    pub fn put(&self, path: &str, text: &str) {
        let full = self.root().join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, text).unwrap();
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).unwrap()
    }

    /// A crate with an empty library.
    pub fn manifest(&self, name: &str, rest: &str) {
        self.put(
            &format!("crates/{name}/Cargo.toml"),
            &format!("[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n{rest}"),
        );
        self.put(&format!("crates/{name}/src/lib.rs"), "//! Nothing yet.\n");
    }

    /// What is out of place, as shown.
    pub fn untidy(&self) -> Vec<String> {
        tidy(self.root()).unwrap().iter().map(ToString::to_string).collect()
    }

    /// Exactly one thing is out of place, and it says this.
    pub fn finds(&self, place: &str, says: &str) {
        let found = self.untidy();
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].starts_with(place) && found[0].contains(says), "expected {place} … {says}, found {}", found[0]);
    }

    pub fn is_tidy(&self) {
        assert_eq!(self.untidy(), Vec::<String>::new());
    }
}
