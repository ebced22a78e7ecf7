/** A preference the server reads when it draws the page, so that nothing flashes. Never anything about a person. */
export function remember(name: "theme" | "rail" | "keys", value: string): void {
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `${name}=${value};path=/;max-age=31536000;samesite=lax${secure}`;
}

export function remembered(name: "theme" | "rail" | "keys"): string {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}
