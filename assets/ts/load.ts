interface Loader {
  ajax(
    verb: "GET",
    path: string,
    options: { source: Element; target: Element; swap: string; select?: string },
  ): Promise<void>;
}

interface Swap {
  ctx?: { response?: { raw?: Response } };
}

declare global {
  interface Window {
    htmx?: Loader;
  }
}

/**
 * Fetches a page or fragment through htmx and puts it into target; a newer call for the same target replaces an older one.
 * Answers whether it arrived. A refusal, an error or a detour to the sign-in page leaves target as it was:
 * the caller then goes to the page itself, which says what is the matter.
 */
export async function load(path: string, target: Element, select?: string): Promise<boolean> {
  if (!window.htmx) return false;
  let arrived = false;
  const done = () => {
    arrived = true;
  };
  target.setAttribute("hx-sync", "replace");
  target.setAttribute("aria-busy", "true");
  target.addEventListener("htmx:before:swap", refuseErrors);
  target.addEventListener("htmx:after:swap", done);
  const options = { source: target, target, swap: "innerHTML ignoreTitle:true" };
  try {
    await window.htmx.ajax("GET", path, select ? { ...options, select } : options);
  } finally {
    target.removeEventListener("htmx:before:swap", refuseErrors);
    target.removeEventListener("htmx:after:swap", done);
    target.removeAttribute("aria-busy");
  }
  return arrived;
}

function refuseErrors(event: Event): void {
  const raw = (event as CustomEvent<Swap>).detail?.ctx?.response?.raw;
  if (!raw || !raw.ok || raw.redirected) event.preventDefault();
}
