// One body and the ways to look at it. It comes from strangers: it becomes text, bytes, or the pixels of an image whose
// type is on a list, and never markup.

import { element } from "./dom.js";
import { size } from "./format.js";
import { fill, layOut } from "./json.js";

/** SVG is not on it: that is a document, and is shown as the text it is. */
const imageTypes = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp", "image/x-icon", "image/vnd.microsoft.icon"];
/** What a browser can undo by itself. */
const codings = { gzip: "gzip", "x-gzip": "gzip", deflate: "deflate" };
/** Of a body that grows when its compression is undone. */
const inflatedLimit = 4 << 20;
const hexLimit = 32 << 10;

/** A card with a body; `choice` remembers the view a person took, for as long as the page is open. */
export async function bodyCard(title, body, choice) {
    const opened = await open(body);
    const views = viewsOf(opened, body);
    const card = element("section", { class: "card" });
    const names = Object.keys(views);
    const place = element("div");
    const buttons = names.map((name) =>
        element("button", { type: "button", text: name, onclick: () => { choice.view = name; show(); } }));
    const show = () => {
        const name = names.includes(choice.view) ? choice.view : names[0];
        for (const button of buttons) button.setAttribute("aria-pressed", button.textContent === name);
        place.replaceChildren(views[name]());
    };
    card.append(
        element(
            "header", {},
            element("h3", {}, title, element("small", { text: subtitle(body) })),
            names.length > 1 && element("div", { class: "switch", role: "group", "aria-label": `How to show the ${title.toLowerCase()}` }, buttons),
        ),
        ...notices(body, opened).map((text) => element("p", { class: "notice", text })),
        place,
    );
    if (names.length > 0) show();
    else place.append(element("p", { class: "none", text: body.bytes_total > 0 ? "Nothing of it was kept." : "No body" }));
    return card;
}

function subtitle(body) {
    if (body.bytes_total === 0) return "";
    return [body.media_type || "no type given", size(body.bytes_total), body.content_coding].filter(Boolean).join(" · ");
}

function notices(body, opened) {
    const texts = [];
    if (body.truncated) texts.push(`Cut off: the first ${size(body.kept)} of ${size(body.bytes_total)} are kept.`);
    if (opened.problem) texts.push(opened.problem);
    return texts;
}

/** The bytes or the text, without its compression where the browser can undo that. */
async function open(body) {
    if (body.encoding === "text") return { text: body.content };
    const bytes = Uint8Array.from(atob(body.content), (character) => character.charCodeAt(0));
    if (!body.content_coding) return { bytes, text: decoded(bytes) };
    const coding = codings[body.content_coding];
    if (!coding) return { bytes, problem: `Compressed with ${body.content_coding}, which this page cannot undo.` };
    const { inflated, isWhole } = await inflate(bytes, coding);
    const problem = isWhole || body.truncated ? undefined : `The ${body.content_coding} in it does not end well: this is what could be read.`;
    return { bytes: inflated, text: decoded(inflated, !isWhole), problem };
}

async function inflate(bytes, coding) {
    const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(coding)).getReader();
    const parts = [];
    let length = 0;
    let isWhole = true;
    try {
        for (;;) {
            const { done, value } = await reader.read();
            if (done) break;
            parts.push(value);
            length += value.length;
            if (length > inflatedLimit) {
                isWhole = false;
                await reader.cancel();
                break;
            }
        }
    } catch {
        isWhole = false;
    }
    return { inflated: new Uint8Array(await new Blob(parts).arrayBuffer()), isWhole };
}

/** The text in bytes, or undefined when they are none; a character that was cut in two at the end is left out. */
function decoded(bytes, isCut = false) {
    try {
        const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: isCut });
        // Control characters other than line breaks and tabs: not meant for reading.
        return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f]/.test(text) ? undefined : text;
    } catch {
        return undefined;
    }
}

/** The views that suit, the best first. */
function viewsOf({ text, bytes }, body) {
    const views = {};
    if ((text ?? "") === "" && (bytes?.length ?? 0) === 0) return views;
    if (bytes && imageTypes.includes(body.media_type)) views.Image = () => picture(bytes, body.media_type);
    if (text !== undefined) {
        const pieces = /^\s*[{["\d-]/.test(text) || /json$/.test(body.media_type) ? layOut(text) : null;
        if (pieces) {
            views.Pretty = () => {
                const pre = element("pre", { class: "text" });
                fill(pre, pieces);
                return pre;
            };
        } else if (body.media_type === "application/x-www-form-urlencoded") {
            views.Fields = () => form(text);
        }
        views.Text = () => element("pre", { class: "text", text });
    }
    views.Hex = () => hex(bytes ?? new TextEncoder().encode(text));
    return views;
}

function picture(bytes, type) {
    let binary = "";
    for (let at = 0; at < bytes.length; at += 32_768) binary += String.fromCharCode(...bytes.subarray(at, at + 32_768));
    const image = element("img", { alt: "The image in this body", src: `data:${type};base64,${btoa(binary)}` });
    const place = element("div", { class: "picture" }, image);
    image.addEventListener("error", () => place.replaceChildren(element("p", { class: "none", text: "Not an image the browser can show" })));
    return place;
}

function form(text) {
    const fields = [...new URLSearchParams(text)].map(([name, value]) =>
        element("div", {}, element("dt", { text: name }), element("dd", { text: value })));
    return element("dl", { class: "facts fields" }, fields);
}

function hex(bytes) {
    const lines = [];
    const shown = Math.min(bytes.length, hexLimit);
    for (let at = 0; at < shown; at += 16) {
        const row = [...bytes.subarray(at, Math.min(at + 16, shown))];
        const digits = row.map((byte) => byte.toString(16).padStart(2, "0"));
        const halves = `${digits.slice(0, 8).join(" ")}  ${digits.slice(8).join(" ")}`.padEnd(49);
        const letters = row.map((byte) => (byte > 31 && byte < 127 ? String.fromCharCode(byte) : "·")).join("");
        lines.push(`${at.toString(16).padStart(6, "0")}  ${halves}  ${letters}`);
    }
    if (shown < bytes.length) lines.push(`… ${size(bytes.length - shown)} more`);
    return element("pre", { class: "text hex", text: lines.join("\n") });
}
