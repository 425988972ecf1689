import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

// One small style sheet for the sign-in page and the mail catcher, inline so that each page is one response.
const STYLE = `
:root{--ink:#1b1b1b;--soft:#565c65;--line:#a9aeb1;--pale:#f0f0f0;--blue:#005ea2;--deep:#162e51;--red:#b50909}
*{box-sizing:border-box}
body{margin:0;color:var(--ink);background:#fff;font:1rem/1.5 "Public Sans","Source Sans Pro",system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.bar{background:var(--deep);color:#fff}
.bar div,main{max-width:68rem;margin:0 auto;padding:.85rem 1.25rem}
.bar div{display:flex;flex-wrap:wrap;gap:0 .75rem;align-items:baseline}
.bar strong{font-size:1.2rem}
main{padding-top:1.75rem;padding-bottom:3rem}
h1{font-size:1.85rem;line-height:1.2;margin:0 0 .4rem}
h2{font-size:1.2rem;line-height:1.3;margin:0 0 .75rem}
p{margin:0 0 1rem;max-width:42rem}
.soft{color:var(--soft)}
a{color:var(--blue)}
:focus-visible{outline:.25rem solid #2491ff;outline-offset:2px}
label{display:block;font-weight:600;margin:0 0 .25rem}
input{width:100%;height:2.75rem;padding:0 .6rem;font:inherit;border:1px solid #565c65;border-radius:0;background:#fff;color:inherit}
.field{margin:0 0 1rem}
button{font:inherit;font-weight:700;min-height:2.75rem;padding:.5rem 1.25rem;border:0;border-radius:.25rem;background:var(--blue);color:#fff;cursor:pointer}
button:hover{background:#1a4480}
button.plain{background:#fff;color:var(--blue);box-shadow:inset 0 0 0 2px var(--blue);padding:.35rem 1rem;white-space:nowrap}
button.plain:hover{background:#eff6fb}
.alert{border-left:.5rem solid #d54309;background:#f4e3db;padding:.75rem 1rem;margin:0 0 1.25rem;max-width:42rem}
.alert p{margin:0}
.two{display:grid;gap:2rem;margin-top:1.75rem}
.two>*{min-width:0}
ul.list{list-style:none;margin:0;padding:0;border-top:1px solid var(--line)}
ul.list li{border-bottom:1px solid var(--line)}
.person{display:flex;gap:1rem;justify-content:space-between;align-items:center;padding:.6rem 0}
.person>div{min-width:0}
.person code{white-space:nowrap}
.person b{display:block}
code{font:.92em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;background:var(--pale);padding:.05rem .3rem;overflow-wrap:anywhere}
.filter{display:flex;flex-wrap:wrap;gap:.75rem;align-items:end;margin:1.25rem 0 1.5rem}
.filter .field{flex:1 1 16rem;max-width:26rem;margin:0}
.mail{display:block;padding:.8rem 0;text-decoration:none;color:inherit}
.mail b{display:block;color:var(--blue);text-decoration:underline;overflow-wrap:anywhere}
.mail:hover b{color:#1a4480}
.mail span{display:flex;flex-wrap:wrap;gap:0 1rem;color:var(--soft);overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem .75rem;margin:1.25rem 0;overflow-wrap:anywhere}
dt{color:var(--soft)}dd{margin:0}
pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;max-width:46rem;margin:0;padding:1.25rem;border:1px solid var(--line);background:#fff}
@media(min-width:56rem){.two{grid-template-columns:20rem 1fr;gap:4rem}}
`;

const sha256 = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const STYLE_HASH = sha256(STYLE);

/** Markup that may go into a page as it is; everything else is escaped by `html`. */
export class Markup {
  constructor(readonly text: string) {}
}

/** Builds markup; every value that is not markup already is escaped. */
export function html(
  parts: TemplateStringsArray,
  ...values: (string | number | Markup | Markup[])[]
): Markup {
  let text = parts[0] ?? '';
  values.forEach((value, index) => {
    text += [value].flat().map(markupOf).join('') + (parts[index + 1] ?? '');
  });
  return new Markup(text);
}

const ESCAPES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const markupOf = (value: string | number | Markup): string =>
  value instanceof Markup
    ? value.text
    : String(value).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');

// In one piece, because the policy names the hash of exactly what stands between the tags.
const STYLE_ELEMENT = new Markup(`<style>${STYLE}</style>`);

/** A whole page: the bar with the tool's name, and the body inside `main`. */
export function page(tool: string, title: string, body: Markup): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} – ${tool} – Hearback</title>
        <link rel="icon" href="data:," />
        ${STYLE_ELEMENT}
      </head>
      <body>
        <header class="bar">
          <div><strong>Hearback</strong> <span>${tool}, for development only</span></div>
        </header>
        <main>${body}</main>
      </body>
    </html>`.text;
}

/** The policy of every page: our own style, nothing from a mail or a parameter runs. `script` is one allowed script. */
export function contentPolicy(script?: string): string {
  const scripts = script === undefined ? '' : `script-src ${sha256(script)}; `;
  return `default-src 'none'; style-src ${STYLE_HASH}; img-src data:; ${scripts}base-uri 'none'; frame-ancestors 'none'`;
}

export function sendPage(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentPolicy(),
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(JSON.stringify(value));
}
