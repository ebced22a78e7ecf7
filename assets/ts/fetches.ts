/**
 * A form that is answered with a file leaves its page as it was. Here the file is fetched and saved, and the page is loaded anew, so that
 * it shows what came of it. What is no file is shown by the browser itself.
 */
export function fetches(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || !form.matches("form[data-fetches]")) return;
    event.preventDefault();
    void save(form);
  });
}

async function save(form: HTMLFormElement): Promise<void> {
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) body.append(name, String(value));
  const answer = await fetch(form.action, { method: "POST", body });
  const name = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get("content-disposition") ?? "")?.[1];
  if (!name) return location.reload();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = decodeURIComponent(name);
  link.click();
  // The download has begun when the click returns; the page may go once the browser holds the file.
  setTimeout(() => location.reload(), 400);
}
