"""Holds what the documents say against the tree: links lead somewhere, scripts that are named exist and explain themselves."""
import os
import re
import subprocess
import unittest

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
SCRIPT = re.compile(r"(?<![\w/])(scripts/[a-z][a-z-]*|\.ci/run)(?![\w./-])")
FOLDER_ROW = re.compile(r"^\| ((?:`[^`]+`[, ]*)+)\|", re.MULTILINE)


def documents():
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout.split()
    for path in listed:
        with open(os.path.join(ROOT, path), encoding="utf-8") as file:
            yield path, file.read()


class DocsTest(unittest.TestCase):
    def test_every_link_leads_to_a_file(self):
        for path, text in documents():
            for target in LINK.findall(text):
                if not re.match(r"[a-z]+:", target):
                    with self.subTest(f"{path}: {target}"):
                        self.assertTrue(os.path.exists(os.path.join(ROOT, os.path.dirname(path), target)))

    def test_every_script_that_is_named_exists(self):
        for path, text in documents():
            for script in SCRIPT.findall(text):
                with self.subTest(f"{path}: {script}"):
                    self.assertTrue(os.access(os.path.join(ROOT, script), os.X_OK))

    def test_every_folder_of_the_readmes_map_exists(self):
        with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
            folders = re.findall(r"`([^`]+/)`", " ".join(FOLDER_ROW.findall(file.read())))
        self.assertGreater(len(folders), 5)
        for folder in folders:
            with self.subTest(folder):
                self.assertTrue(os.path.isdir(os.path.join(ROOT, folder)))

    def test_scripts_explain_themselves(self):
        for name in ("setup", "build", "test", "check", "format", "fuzz"):
            with self.subTest(name):
                run = subprocess.run([os.path.join(ROOT, "scripts", name), "--help"], capture_output=True, text=True,
                                     timeout=30, check=True)
                self.assertIn(f"scripts/{name}", run.stdout.splitlines()[0])


if __name__ == "__main__":
    unittest.main()
