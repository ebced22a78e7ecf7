import { on } from "./on";

/** Quick exit: the page is emptied and replaced, so that "back" does not lead here. */
export function exit(): void {
  on("click", "a[data-exit]", (link, event) => {
    event.preventDefault();
    document.dispatchEvent(new Event("leave-at-once"));
    document.body.hidden = true;
    location.replace((link as HTMLAnchorElement).href);
  });
}
