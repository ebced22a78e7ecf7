// Serves the gallery as strictly as the product does: no inline script or style, nothing from elsewhere.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";

const here = path.dirname(fileURLToPath(import.meta.url));
const roots = { dist: path.join(here, "../dist"), "zh-CN": path.join(here, "out/zh-CN"), en: path.join(here, "out/en") };
const types = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** Answers the address of a server on a free port and a way to end it. */
export async function serve() {
  const server = createServer(async (request, response) => {
    const [, folder, ...rest] = new URL(request.url, "http://localhost").pathname.split("/");
    const root = roots[folder];
    const file = root && path.join(root, rest.join("/"));
    try {
      if (!file?.startsWith(root)) throw new Error("outside");
      const body = await readFile(file);
      response.writeHead(200, { "content-type": types[path.extname(file)] ?? "application/octet-stream", "content-security-policy": policy, "cache-control": "no-store" });
      response.end(body);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" });
      response.end("404");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

/** Debian's own browser, without anything that calls home. */
export const chromium = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
};
