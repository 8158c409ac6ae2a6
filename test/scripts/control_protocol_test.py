"""Holds docs/control-protocol.md against the tree: every method and event of the schema has its row, what a row names
exists, and the worker knows what to do with every method."""
import json
import os
import re
import subprocess
import unittest

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
ROW = re.compile(r"^\| `(\w+)` \| `([^`]+)` \| (.*?) \| (.*?) \|$", re.MULTILINE)
TEST = re.compile(r"^TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
NAME = re.compile(r"`([^`]+)`")


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def enum_values(schema, name):
    body = re.search(rf"enum {name}\b[^{{]*{{(.*?)}}", schema, re.DOTALL).group(1)
    return re.findall(r"(\w+) = \d+", body)


def handler_table(path, macro):
    """Which function handles which value, from set(Method::X, ...Bound<&h::F>::Run)."""
    return dict(re.findall(rf"set\({macro}::(\w+),\s*\w*(?:::)?\w+<&h::(\w+)>::Run\)", read(path)))


def all_tests():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "test/*_test.cc"], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout.split()
    return {f"{suite}.{name}" for path in listed if os.path.exists(os.path.join(ROOT, path))
            for suite, name in TEST.findall(read(path))}


class ControlProtocolTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = {}
        cls.twice = []
        for name, *cells in ROW.findall(read("docs", "control-protocol.md")):
            if name in cls.rows:
                cls.twice.append(name)
            cls.rows[name] = cells
        cls.methods = enum_values(read("fbs", "request.fbs"), "Method")
        cls.events = enum_values(read("fbs", "notification.fbs"), "Event")

    def test_every_method_and_event_has_one_row(self):
        self.assertGreaterEqual(len(self.methods), 68)
        self.assertGreaterEqual(len(self.events), 33)
        self.assertEqual(self.twice, [])
        self.assertEqual(sorted(self.rows), sorted(self.methods + self.events))

    def test_files_that_are_named_exist(self):
        for name, cells in self.rows.items():
            for path in NAME.findall(" ".join(cells)):
                if "/" in path:
                    with self.subTest(f"{name}: {path}"):
                        self.assertTrue(os.path.isfile(os.path.join(ROOT, path)))

    def test_every_row_names_a_test_and_it_exists(self):
        tests = all_tests()
        for name, (_, ours, _) in self.rows.items():
            names = NAME.findall(ours)
            with self.subTest(name):
                self.assertTrue(names, "no test of ours")
            for test in names:
                if "/" not in test:
                    with self.subTest(f"{name}: {test}"):
                        self.assertTrue(test in tests, "there is no such test")

    def test_files_of_the_published_suite_exist(self):
        files = {test.split(":")[0] for test in json.loads(read("test", "interop", "published.json"))["tests"]}
        for name, (_, _, published) in self.rows.items():
            for file in NAME.findall(published):
                with self.subTest(f"{name}: {file}"):
                    self.assertTrue(file in files, "the published suite has no such file")

    def test_what_is_handled_is_handled_where_the_row_says(self):
        requests = handler_table("worker/handlers/table.cc", "Method")
        notifications = handler_table("worker/notifications.cc", "Event")
        for name, (where, _, _) in self.rows.items():
            function = requests.get(name) if name in self.methods else notifications.get(name)
            with self.subTest(name):
                if function:
                    self.assertTrue(re.search(rf"\b{function}\((?:Call|Note)&", read(where)), f"no {function} in {where}")
                else:
                    self.assertFalse(name in self.methods, "the handler table does not have it")
                    self.assertTrue(f"Event::{name}" in read(where), f"no Event::{name} in {where}")

    def test_every_method_is_supported(self):
        self.assertFalse("NotSupported" in read("worker", "handlers", "table.cc"))


if __name__ == "__main__":
    unittest.main()
