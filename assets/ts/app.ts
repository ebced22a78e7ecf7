/** The staff pages. Everything works without this; each island only makes one thing quicker. */
import { asked, settle } from "./asked";
import { columns } from "./columns";
import { copy } from "./copy";
import { dialog } from "./dialog";
import { faults } from "./faults";
import { fetches } from "./fetches";
import { files } from "./files";
import { keys } from "./keys";
import { menu } from "./menu";
import { once } from "./once";
import { panel } from "./panel";
import { pick } from "./pick";
import { picker } from "./picker";
import { print } from "./print";
import { rail } from "./rail";
import { reveal } from "./reveal";
import { rows } from "./rows";
import { theme } from "./theme";
import { toast } from "./toast";
import { unsaved } from "./unsaved";

reveal();
asked();
menu();
dialog(); // before once: a form that still asks is not on its way
once();
fetches();
unsaved();
panel();
keys();
pick();
columns();
picker();
rows();
files();
copy();
print();
theme();
rail();
toast();
faults();

// Fragments that htmx brings in may hold controls of their own.
document.addEventListener("htmx:after:swap", (event) => {
  reveal(event.target as Element);
  settle(event.target as Element);
});
