// SPDX-License-Identifier: GPL-2.0-or-later
// What the page can do beyond being read: search while typing, filter by state, follow the device
// live, and say when it cannot. Without this script everything is there but the live updates.
"use strict";

const byId = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// The one way in which markup gets into the page. It comes from this page's own server, which
// escapes whatever is not its own.
const markup = window.trustedTypes
    ? window.trustedTypes.createPolicy("part", { createHTML: (text) => text })
    : { createHTML: (text) => text };

// What the reader has unfolded, filtered or ticked is the reader's.
const READERS_OWN = new Set(["open", "hidden", "checked"]);

const clock = () =>
    new Intl.DateTimeFormat(undefined, { dateStyle: "short", timeStyle: "medium" }).format(new Date());

// Searching and filtering

const form = byId("filter");
const search = byId("q");
const boxes = all("input[name=state]", form);

// What one would look for; the server, which does the same for pages without script, takes the same.
const SEARCHABLE = ".name, .badge, .detail, .numbers, .facts dd, .settings tbody th";

function searchable(item) {
    const headings = [item.closest(".category").querySelector("h2"), ...all("h3", item.closest(".group"))];
    const parts = [...headings, ...all(SEARCHABLE, item)];
    return parts.map((part) => part.textContent.toLowerCase()).join("\n");
}

function matches(item, words, states) {
    if (states.size > 0 && !states.has(item.dataset.state)) return false;
    const text = words.length > 0 ? searchable(item) : "";
    return words.every((word) => text.includes(word));
}

function filterItems() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const states = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    const items = all(".item");
    for (const item of items) {
        item.hidden = !matches(item, words, states);
        if (!item.hidden) shown++;
    }
    for (const part of all(".group, .category"))
        part.hidden = !part.querySelector(".item:not([hidden])");
    byId("none").hidden = shown > 0;
    const result = `${shown} of ${items.length} items`;
    if (byId("matches").textContent !== result) byId("matches").textContent = result;
}

function keepInAddress() {
    const query = new URLSearchParams(new FormData(form));
    if (!search.value) query.delete("q");
    const text = query.toString();
    history.replaceState(null, "", (text ? "?" + text : location.pathname) + location.hash);
}

function onFilter() {
    filterItems();
    keepInAddress();
}

function showAll() {
    search.value = "";
    for (const box of boxes) box.checked = false;
    onFilter();
}

// A link to an item that the filter hides.
function revealTarget() {
    const target = location.hash && byId(location.hash.slice(1));
    if (!target || !target.closest("[hidden]")) return;
    showAll();
    target.scrollIntoView();
}

function setUpFilter() {
    byId("apply").hidden = true;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", onFilter);
    for (const link of [byId("reset"), byId("none").querySelector("a")])
        link.addEventListener("click", (event) => {
            event.preventDefault();
            showAll();
            search.focus();
        });
    addEventListener("hashchange", revealTarget);
    filterItems();
    revealTarget();
}

// Details

function setUpDetails() {
    const button = byId("unfold");
    let unfolded = false;
    button.hidden = false;
    button.addEventListener("click", () => {
        unfolded = !unfolded;
        for (const details of all(".item details")) details.open = unfolded;
        button.textContent = unfolded ? "Fold all details" : "Unfold all details";
    });
    let folded = [];
    addEventListener("beforeprint", () => {
        folded = all(".item details:not([open])");
        for (const details of folded) details.open = true;
    });
    addEventListener("afterprint", () => {
        for (const details of folded) details.open = false;
    });
}

// Live updates

// Makes one element like another and leaves alone what is alike already: focus, selection and
// unfolded details stay where they are.
function become(old, now) {
    if (old.nodeType !== now.nodeType || old.nodeName !== now.nodeName) {
        old.replaceWith(now);
        return;
    }
    if (old.nodeType !== Node.ELEMENT_NODE) {
        if (old.nodeValue !== now.nodeValue) old.nodeValue = now.nodeValue;
        return;
    }
    for (const { name } of [...old.attributes])
        if (!READERS_OWN.has(name) && !now.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of now.attributes)
        if (!READERS_OWN.has(name) && old.getAttribute(name) !== value) old.setAttribute(name, value);
    const before = [...old.childNodes];
    const after = [...now.childNodes];
    after.forEach((node, at) => (at < before.length ? become(before[at], node) : old.append(node)));
    before.slice(after.length).forEach((node) => node.remove());
}

let announcements = [];
let announcing = 0;

// Many changes at once are one message.
function announce(text) {
    announcements.push(text);
    clearTimeout(announcing);
    announcing = setTimeout(() => {
        byId("announcer").textContent =
            announcements.length > 3
                ? `${announcements.length} policy items have changed.`
                : announcements.join(" ");
        announcements = [];
    }, 600);
}

function describe(element) {
    if (element.id === "summary")
        return `${byId("verdict").textContent}. ${byId("verdict-sentence").textContent}`;
    if (!element.classList.contains("item")) return "";
    const label = element.querySelector(".name").textContent;
    return `${label}: ${element.querySelector(".badge").textContent}.`;
}

function takePart(data) {
    const end = data.indexOf("\n");
    const old = byId(data.slice(0, end));
    const template = document.createElement("template");
    template.innerHTML = markup.createHTML(data.slice(end + 1));
    const now = template.content.firstElementChild;
    if (!old || !now) {
        // Items of another secpold than the one this page was made for.
        location.reload();
        return;
    }
    const before = describe(old);
    become(old, now);
    const after = describe(old);
    if (after !== before) announce(after);
    const verdict = byId("verdict").textContent;
    document.title = [verdict, ...document.title.split(" – ").slice(1)].join(" – ");
}

function setLive(live, text) {
    byId("live").dataset.live = live;
    if (byId("live-text").textContent !== text) byId("live-text").textContent = text;
}

// Longer than two signs of life are apart.
const SILENCE = 25000;
const LONGEST_PAUSE = 30000;
const FULL_PAUSE = 30000;

let source = null;
let edition = document.body.dataset.edition;
let pause = 2000;
let watchdog = 0;
let lost = "";

function onLife(event) {
    pause = 2000;
    lost = "";
    byId("unreachable").replaceChildren();
    document.body.classList.remove("cut-off");
    setLive("on", "Live. As of " + event.data);
    clearTimeout(watchdog);
    watchdog = setTimeout(connectAgain, SILENCE);
}

// Another page would be too many for the service to keep: this one is told what it missed, and
// comes again.
function onFull(event) {
    source.close();
    source = null;
    lost = "";
    pause = 2000;
    byId("unreachable").replaceChildren();
    document.body.classList.remove("cut-off");
    setLive(
        "full",
        `As of ${event.data}. Too many pages are open for this one to be live; ` +
            `it is brought up to date every ${FULL_PAUSE / 1000} seconds.`,
    );
    clearTimeout(watchdog);
    watchdog = setTimeout(connect, FULL_PAUSE);
}

function sayLost() {
    lost = lost || clock();
    setLive("lost", "Not live");
    document.body.classList.add("cut-off");
    const text = document.createElement("p");
    text.textContent =
        `This page's own service cannot be reached, since ${lost} by this computer's clock. ` +
        "What is shown was true before. It is tried again and again.";
    if (byId("unreachable").textContent !== text.textContent) byId("unreachable").replaceChildren(text);
}

// A browser gives up where the answer is an error, such as that of a proxy in between.
function connectAgain() {
    if (source) source.close();
    source = null;
    sayLost();
    clearTimeout(watchdog);
    watchdog = setTimeout(connect, pause);
    pause = Math.min(2 * pause, LONGEST_PAUSE);
}

function connect() {
    source = new EventSource("events?since=" + encodeURIComponent(edition));
    source.addEventListener("part", (event) => takePart(event.data));
    source.addEventListener("edition", (event) => {
        edition = event.data;
        filterItems();
    });
    source.addEventListener("beat", onLife);
    source.addEventListener("full", onFull);
    source.addEventListener("error", connectAgain);
    clearTimeout(watchdog);
    watchdog = setTimeout(connectAgain, SILENCE);
}

setUpFilter();
setUpDetails();
connect();
addEventListener("pagehide", () => {
    clearTimeout(watchdog);
    if (source) source.close();
});
addEventListener("pageshow", (event) => {
    if (event.persisted) connect();
});
