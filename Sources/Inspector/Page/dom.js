// Building the page. Text only ever becomes text: nothing here, or anywhere else, parses markup.

/** An element with properties, `data-` values, listeners (`on…`) and children; null children are left out. */
export function element(name, properties = {}, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(properties)) {
        if (value === undefined || value === null || value === false) continue;
        if (key === "data") Object.assign(made.dataset, value);
        else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
        else if (key === "class") made.className = value;
        else if (key === "text") made.textContent = value;
        else made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return made;
}

/** The element of the page with this id. */
export function byID(id) {
    return document.getElementById(id);
}

/** A line drawing: only shapes that this page wrote. */
export function drawing(...paths) {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 48 48");
    svg.setAttribute("aria-hidden", "true");
    for (const d of paths) {
        const path = document.createElementNS(space, "path");
        path.setAttribute("d", d);
        svg.append(path);
    }
    return svg;
}

let toastEnd = 0;

/** Says something for a few seconds at the foot of the page. */
export function toast(text) {
    const place = byID("toast");
    place.textContent = text;
    place.dataset.shown = "";
    clearTimeout(toastEnd);
    toastEnd = setTimeout(() => delete place.dataset.shown, 4000);
}

/** Puts text on the clipboard; false when the browser does not allow it. */
export async function copy(text) {
    try {
        await navigator.clipboard.writeText(text);
        return true;
    } catch {
        return false;
    }
}

/** Hands bytes to the browser as a download. */
export function download(blob, name) {
    const link = element("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
