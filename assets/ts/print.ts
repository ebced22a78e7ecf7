import { on } from "./on";

export function print(): void {
  on("click", "[data-print]", () => window.print());
}
