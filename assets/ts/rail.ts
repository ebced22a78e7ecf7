import { remember } from "./cookie";
import { on } from "./on";

/** Folds the rail to icons over two characters, and keeps it so. */
export function rail(): void {
  on("click", "[data-fold]", (button) => {
    const narrow = document.body.classList.toggle("narrow");
    button.setAttribute("aria-expanded", String(!narrow));
    remember("rail", narrow ? "narrow" : "wide");
  });
}
