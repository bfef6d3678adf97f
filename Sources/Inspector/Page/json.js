// JSON laid out for reading, without changing a digit of it: numbers stay as they were written, keys that stand twice
// stay twice, and what was cut off in the middle is still laid out.

const token = /\s+|"(?:[^"\\]|\\.)*(?:"|$)|-?\d[\d.eE+-]*|[a-z]+|[{}[\],:]/gy;
/** Beyond this many coloured pieces the text is laid out and left without colour. */
const colourLimit = 15_000;

/** Pieces `{text, look}` with line breaks and indentation; null when it is not JSON. */
export function layOut(text) {
    const pieces = [];
    let depth = 0;
    let isEmpty = false;
    let at = 0;
    const breakLine = () => `\n${"  ".repeat(Math.min(depth, 40))}`;
    token.lastIndex = 0;
    for (let match; (match = token.exec(text)); at = token.lastIndex) {
        const piece = match[0];
        if (/^\s/.test(piece)) continue;
        if (piece === "{" || piece === "[") {
            pieces.push({ text: (isEmpty ? breakLine() : "") + piece });
            depth += 1;
            isEmpty = true;
            continue;
        }
        if (piece === "}" || piece === "]") {
            depth -= 1;
            if (depth < 0) return null;
            pieces.push({ text: (isEmpty ? "" : breakLine()) + piece });
            isEmpty = false;
            continue;
        }
        if (isEmpty) pieces.push({ text: breakLine() });
        isEmpty = false;
        if (piece === ",") pieces.push({ text: `,${breakLine()}` });
        else if (piece === ":") pieces.push({ text: ": " });
        else pieces.push({ text: piece, look: look(piece, text, token.lastIndex) });
    }
    return at === text.length && pieces.length > 0 ? pieces : null;
}

/** A key has no colour of its own; words that JSON does not know have none either. */
function look(piece, text, end) {
    if (piece[0] === '"') return /^\s*:/.test(text.slice(end, end + 20)) ? undefined : "s";
    if (/^-?\d/.test(piece)) return "n";
    return ["true", "false", "null"].includes(piece) ? "w" : undefined;
}

/** Fills a `pre` with pieces from `layOut`. */
export function fill(pre, pieces) {
    if (pieces.length > colourLimit) {
        pre.textContent = pieces.map(({ text }) => text).join("");
        return;
    }
    for (const { text, look } of pieces) {
        if (!look) {
            pre.append(text);
            continue;
        }
        const span = document.createElement("span");
        span.className = look;
        span.textContent = text;
        pre.append(span);
    }
}
