/** The public pages: no cookie, no storage, no request. Without this they work the same, with less comfort. */
import { copy } from "./copy";
import { exit } from "./exit";
import { faults } from "./faults";
import { files } from "./files";
import { once } from "./once";
import { print } from "./print";
import { reveal } from "./reveal";
import { sealing } from "./sealing";
import { unsaved } from "./unsaved";

reveal();
sealing();
exit();
once();
unsaved();
files();
copy();
print();
faults();
