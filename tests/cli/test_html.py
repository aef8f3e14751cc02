# SPDX-License-Identifier: GPL-2.0-or-later
"""hvdump report --html: one page that needs nothing but itself, looked at in a browser."""

import os
import re

import html5lib
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import notes
from analyzer import described, hvdump, mknote, valid, write
from browser import Browser
from cores import elf

WIDTHS = [320, 390, 768, 1280, 1920]
HOSTILE = "\"><img src=x onerror=alert(1)><script>alert(2)</script>'&<!--"


@pytest.fixture(scope="module")
def browser():
    with Browser() as one:
        yield one


def page(tmp_path, notes):
    """The page of a file with these notes, and the file."""
    source, out = write(tmp_path / "hvdump.elf", elf(notes)), tmp_path / "report.html"
    done = hvdump("report", "--html", out, source)
    assert done.returncode in (0, 4), done.stderr
    assert not done.stdout
    return out, source


@pytest.fixture(scope="module", params=["panic", "pages", "hvcrash"])
def shown(request, tmp_path_factory):
    """A page of one of the samples."""
    return page(tmp_path_factory.mktemp(request.param), described(request.param))


def test_nothing_is_asked_for_and_nothing_complained(browser, shown):
    browser.requests()
    browser.complaints()
    browser.open(shown[0])
    for button in browser.driver.find_elements(By.TAG_NAME, "button"):
        browser.run("arguments[0].click()", button)
    asked = [url for url in browser.requests() if not url.startswith("data:")]
    assert asked == [f"file://{shown[0]}"]
    assert not browser.complaints()


def test_it_is_html(shown):
    """No error of any kind, by the rules of the HTML standard; names are unique, links lead on."""
    text = shown[0].read_text()
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(text)
    names = [one.get("id") for one in tree.iter() if one.get("id")]
    assert len(names) == len(set(names))
    links = [one.get("href") for one in tree.iter("a")]
    assert links and all(link.startswith("#") and link[1:] in names for link in links)
    assert len(list(tree.iter("h1"))) == 1
    assert not [one for one in tree.iter() if one.get("style") or one.get("onclick")]


@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits(browser, shown, width):
    """Nothing is wider than the screen; what may be scrolls by itself."""
    browser.resize(width, 900)
    browser.open(shown[0])
    assert browser.run("return document.documentElement.scrollWidth") <= width
    browser.resize(1280, 1400)


def contrast(one, other):
    """The contrast of two colours, as WCAG 2 computes it."""
    def luminance(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        parts = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_its_text_can_be_read(browser, shown, scheme):
    """All text has the contrast that WCAG 2 asks of normal text, on light and on dark."""
    browser.scheme(scheme)
    browser.open(shown[0])
    pairs = browser.run("""
        const ground = e => {
            for (; e; e = e.parentElement) {
                const colour = getComputedStyle(e).backgroundColor;
                if (colour !== "rgba(0, 0, 0, 0)")
                    return colour;
            }
        };
        return [...document.body.querySelectorAll("*")]
            .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .filter(e => e.tagName !== "SCRIPT")
            .map(e => [getComputedStyle(e).color, ground(e), e.textContent.slice(0, 40)]);""")
    backgrounds = {pair[1] for pair in pairs}
    brightness = [int(part) for part in re.findall(r"\d+", sorted(backgrounds)[0])[:3]]
    assert (sum(brightness) < 384) == (scheme == "dark")
    poor = [pair for pair in pairs if contrast(pair[0], pair[1]) < 4.5]
    assert pairs and not poor
    browser.scheme("light")


def test_the_text_is_that_of_the_report(browser, shown):
    """Findings, with their evidence, as the JSON report has them."""
    report = valid("report", hvdump("report", "--json", shown[1]).stdout)
    browser.open(shown[0])
    items = browser.driver.find_elements(By.CSS_SELECTOR, ".findings > li")
    assert len(items) == len(report["findings"])
    for item, finding in zip(items, report["findings"]):
        assert finding["text"] in item.text and finding["severity"] in item.text
        assert all(one["command"] in item.text for one in finding["evidence"])


def test_every_partition_and_vp_has_its_line(browser, shown):
    report = valid("report", hvdump("report", "--json", shown[1]).stdout)
    browser.open(shown[0])
    for details in browser.driver.find_elements(By.CSS_SELECTOR, "details.vps"):
        browser.run("arguments[0].open = true", details)
    for partition in report["partitions"]:
        article = browser.driver.find_element(By.ID, "p-" + partition["id"][2:])
        rows = article.find_elements(By.CSS_SELECTOR, "tbody tr")
        assert len(rows) == sum(max(1, len(vp["vtls"])) for vp in partition["vps"])
        if partition["vps"]:
            legend = article.find_element(By.CSS_SELECTOR, ".legend").text
            assert sum(int(n) for n in re.findall(r"\d+", legend)) == len(partition["vps"])


def test_registers_by_keyboard(browser, shown):
    """Tab to a VP's button, Enter: its registers, as regs --json has them; Enter again: away."""
    report = valid("report", hvdump("report", "--json", shown[1]).stdout)
    partition = next((one for one in report["partitions"]
                      if one["vps"] and one["vps"][0]["vtls"]), None)
    if not partition:
        return
    browser.open(shown[0])
    article = browser.driver.find_element(By.ID, "p-" + partition["id"][2:])
    browser.run("arguments[0].querySelector('details').open = true", article)
    browser.run("arguments[0].querySelector('summary').focus()", article)
    for _ in range(8):
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        button = browser.driver.switch_to.active_element
        if button.tag_name == "button":
            break
    button.send_keys(Keys.ENTER)
    assert button.get_attribute("aria-expanded") == "true"
    registers = partition["vps"][0]["vtls"][0]["registers"]
    lines = dict(li.text.split(" ", 1) for li in article.find_elements(By.CSS_SELECTOR, ".regs li"))
    assert lines.keys() == registers.keys()
    for name, register in registers.items():
        assert register["value"] is None or lines[name] == register["value"]
    button.send_keys(Keys.ENTER)
    assert button.get_attribute("aria-expanded") == "false"
    assert not article.find_elements(By.CSS_SELECTOR, ".regs")


def test_a_figure_of_the_map_leads_to_its_vp(browser, tmp_path):
    text = "\n".join(["chunks 2 65536", "header format=1 machine=62 page_shift=12 kind=1",
                      "capture reason=1", "partition partition_id=2 parent_id=1 kind=3",
                      *(f"vp partition_id=2 vp_index={n} vtls=1" for n in range(100)), "finish", ""])
    out, _ = page(tmp_path, mknote(text))
    browser.open(out)
    image = browser.driver.find_element(By.CSS_SELECTOR, "svg.map")
    columns = int(image.get_attribute("data-columns"))
    browser.run("""
        const box = arguments[0].getBoundingClientRect(), pitch = box.width / arguments[1];
        arguments[0].dispatchEvent(new MouseEvent("click", {bubbles: true,
            clientX: box.left + pitch * (37 % arguments[1] + 0.4),
            clientY: box.top + pitch * (Math.floor(37 / arguments[1]) + 0.4)}));""",
                image, columns)
    row = browser.run("return document.activeElement.closest('tr').cells[0].textContent")
    assert row == "37"


def test_counters_are_bars(browser, tmp_path):
    """Of one unit: the greatest is as long as its box, another one in proportion."""
    data = bytearray(4096)
    for index, value in ((1, 400), (2, 100), (7, 3)):    # two times, and a number of calls
        data[8 * index:8 * index + 8] = value.to_bytes(8, "little")
    listed = [notes.header(), notes.capture(), notes.partition(1, 0, 1),
              notes.pages((1, 0x100, 0, 10, 0x10002, 0))]
    source = write(tmp_path / "hvdump.elf", elf(notes.chunk([*listed, notes.end(listed[1:])]),
                                                [(0x100 * 4096, bytes(data))]))
    out = tmp_path / "report.html"
    assert hvdump("report", "--html", out, source).returncode in (0, 4)
    browser.open(out)
    browser.run("document.querySelector('#counters details').open = true")
    rows = browser.driver.find_elements(By.CSS_SELECTOR, "#counters tbody tr")
    assert [row.text.split() for row in rows] == [
        ["VpTotalRunTime", "400", "100", "ns"], ["VpHypervisorRunTime", "100", "100", "ns"],
        ["VpHypercallsCount", "3"]]
    widths = [row.find_element(By.TAG_NAME, "rect").size["width"] for row in rows]
    assert widths[1] == pytest.approx(widths[0] / 4, rel=0.02)
    assert widths[2] == pytest.approx(widths[0])


def test_a_dump_cannot_put_markup_on_the_page(browser, tmp_path):
    """Names that a dump or a path gives are text, whatever is in them."""
    folder = tmp_path / HOSTILE.replace("/", "_")
    folder.mkdir()
    notes = mknote("\n".join(["chunks 1 65536", "header format=1 machine=62 page_shift=12 kind=1 "
                              f"release={HOSTILE.replace(' ', '%')}", "capture reason=1",
                              "partition partition_id=2 parent_id=1 kind=3", "finish", ""]))
    source, out = write(folder / "hvdump.elf", elf(notes)), tmp_path / "report.html"
    done = hvdump("report", "--html", out, source)
    assert done.returncode in (0, 4), done.stderr
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(out.read_text())
    assert not list(tree.iter("img"))
    assert len(list(tree.iter("script"))) == 2
    browser.complaints()
    browser.requests()
    browser.open(out)
    assert not browser.complaints()
    assert [url for url in browser.requests() if not url.startswith("data:")] == [f"file://{out}"]
    assert "<script>alert(2)<" in browser.driver.find_element(By.TAG_NAME, "dl").text


def test_what_exists_stays(tmp_path):
    source, out = write(tmp_path / "hvdump.elf", elf(described("panic"))), tmp_path / "report.html"
    out.write_text("mine")
    done = hvdump("report", "--html", out, source)
    assert done.returncode == 1
    assert done.stderr == f"hvdump: {out}: cannot create: File exists\n"
    assert out.read_text() == "mine"
    assert sorted(os.listdir(tmp_path)) == ["hvdump.elf", "report.html"]


def test_a_full_disk_leaves_nothing(tmp_path):
    """/dev/full takes no byte; a folder that is not there takes no file."""
    source = write(tmp_path / "hvdump.elf", elf(described("panic")))
    done = hvdump("report", "--html", tmp_path / "none" / "report.html", source)
    assert done.returncode == 1
    assert done.stderr.endswith("cannot create: No such file or directory\n")


def test_it_is_private(tmp_path):
    out, _ = page(tmp_path, described("panic"))
    assert out.stat().st_mode & 0o777 == 0o600


def test_json_and_html_at_once_are_refused(tmp_path):
    source = write(tmp_path / "hvdump.elf", elf(described("panic")))
    assert hvdump("report", "--json", "--html", tmp_path / "x", source).returncode == 2
    assert hvdump("info", "--html", tmp_path / "x", source).returncode == 2


def test_256_vps_are_under_2_mb(tmp_path):
    vps = "\n".join("vp partition_id=2 vp_index={0} vtls=1\n"
                    "registers partition_id=2 vp_index={0} set=0\n{1}".format(n, "\n".join(
                        f"+ code={code} low={n * 0x123456789abcdef}" for code in range(0x20000, 0x20012)))
                    for n in range(256))
    out, _ = page(tmp_path, mknote("\n".join([
        "chunks 16 65536", "header format=1 machine=62 page_shift=12 kind=1", "capture reason=1",
        "partition partition_id=2 parent_id=1 kind=3", vps, "finish", ""])))
    assert out.stat().st_size < 2_000_000
