# SPDX-License-Identifier: GPL-2.0-or-later
"""A headless Chromium that looks at one page, and tells what the page asked it for."""

import json
import os

from selenium import webdriver
from selenium.webdriver.chrome.service import Service


class Browser:
    """Close it, or use it as a context."""

    def __init__(self, width=1280, height=1400, dark=False):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for word in ("--headless=new", "--disable-gpu", f"--window-size={width},{height}",
                     # A sandbox is refused to root, and /dev/shm is small in a container.
                     *(["--no-sandbox"] if os.geteuid() == 0 else []), "--disable-dev-shm-usage"):
            options.add_argument(word)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.resize(width, height)
        self.scheme("dark" if dark else "light")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def resize(self, width, height):
        """A desktop's window, or a phone's screen."""
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})

    def scheme(self, name):
        """What prefers-color-scheme says."""
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": name}]})

    def open(self, path):
        self.driver.get(f"file://{path}")

    def run(self, script, *args):
        return self.driver.execute_script(script, *args)

    def complaints(self):
        """What stands in the console."""
        return self.driver.get_log("browser")

    def requests(self):
        """The addresses of all that was asked for since the last call."""
        events = (json.loads(entry["message"])["message"]
                  for entry in self.driver.get_log("performance"))
        return [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"]
