# SPDX-License-Identifier: GPL-2.0-or-later
"""Headless Chromium, as a person at a screen, a telephone or a printer would use it."""

import base64

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By

from probes import wait_until

ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
)


class Browser:
    def __init__(self):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for argument in ARGUMENTS:
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_page_load_timeout(30)
        self.driver.set_script_timeout(30)

    def close(self):
        self.driver.quit()

    def tell(self, command, **arguments):
        """The protocol of Chromium's developer tools."""
        return self.driver.execute_cdp_cmd(command, arguments)

    def reset(self):
        """Also ends what the page was still listening to."""
        self.driver.get("about:blank")
        self.scripts(True)
        self.look("light", 1440)
        self.complaints()

    def complaints(self):
        """What the browser has logged since it was last asked: scripts' errors, what the content
        security policy forbids, what cannot be loaded."""
        return [entry["message"] for entry in self.driver.get_log("browser")]

    # Without motion: nothing is to be clicked while it still scrolls.
    def look(self, theme, width, medium="", height=900, motion="reduce"):
        features = [
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self.tell("Emulation.setEmulatedMedia", media=medium, features=features)
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=2 if width < 600 else 1,
            mobile=width < 600,
        )

    def scripts(self, enabled):
        self.tell("Emulation.setScriptExecutionDisabled", value=not enabled)

    def open(self, url, live=True):
        self.driver.get(url)
        if live and not wait_until(self.is_live, 10):
            raise RuntimeError(f"the page is not live: {self.text('#live')}")
        return self

    def is_live(self):
        return self.attribute("#live", "data-live") == "on"

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector):
        """All of it, also what is folded."""
        return self.run("return document.querySelector(arguments[0]).textContent", selector).strip()

    def texts(self, selector):
        script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.textContent.trim())"
        return self.run(script, selector)

    def attribute(self, selector, name):
        script = "return document.querySelector(arguments[0])?.getAttribute(arguments[1])"
        return self.run(script, selector, name)

    def visible_items(self):
        return [item.get_attribute("id") for item in self.find_all(".item") if item.is_displayed()]

    def press(self, *keys):
        chain = webdriver.ActionChains(self.driver)
        chain.send_keys(*keys).perform()

    def save_picture(self, path, height=None):
        """Of the page from its top, all of it unless told."""
        size = self.run("return [innerWidth, document.documentElement.scrollHeight]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": height or size[1], "scale": 1}
        shot = self.tell("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(shot["data"]))

    def save_print(self, path):
        document = self.tell("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        path.write_bytes(base64.b64decode(document["data"]))
