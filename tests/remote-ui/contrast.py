# SPDX-License-Identifier: GPL-2.0-or-later
"""The contrast of text, from the colours that the browser has computed."""

# Runs in the page: returns how many pieces of text there are, and which are hard to read. Grounds that
# let something shine through are laid over what is behind them.
TOO_LITTLE = """
function parse(color) {
    const parts = color.match(/[\\d.]+/g).map(Number);
    return { rgb: parts.slice(0, 3), alpha: parts.length > 3 ? parts[3] : 1 };
}

function ground(element) {
    const layers = [];
    for (let e = element; e; e = e.parentElement) layers.push(parse(getComputedStyle(e).backgroundColor));
    let seen = [255, 255, 255];
    for (const { rgb, alpha } of layers.reverse())
        seen = seen.map((below, at) => below * (1 - alpha) + rgb[at] * alpha);
    return seen;
}

function luminance(rgb) {
    const [r, g, b] = rgb.map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
    const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (light + 0.05) / (dark + 0.05);
}

const wrong = [];
let checked = 0;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest(".vh")) continue;
    checked++;
    const ratio = contrast(parse(getComputedStyle(element).color).rgb, ground(element));
    if (ratio < 4.5) wrong.push([walker.currentNode.data.trim().slice(0, 40), ratio.toFixed(2)]);
}
return [checked, wrong];
"""
