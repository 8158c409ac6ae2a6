"""Reads the ELF files that were built and asserts the hardening of cmake/SluiceOptions.cmake.

Control-flow protection is asserted of our own objects: the linker marks a whole program only if all of its parts carry the
mark, and Debian's C start files do not.
"""
import argparse
import re
import subprocess
import sys
import unittest

OPTIONS = argparse.ArgumentParser()
OPTIONS.add_argument("--program", action="append", default=[])
OPTIONS.add_argument("--library", action="append", default=[])
ARGUMENTS, REST = OPTIONS.parse_known_args()


def readelf(*arguments):
    return subprocess.run(["readelf", "-W", *arguments], capture_output=True, text=True, check=True).stdout


class HardeningTest(unittest.TestCase):
    def for_each(self, paths):
        for path in paths:
            with self.subTest(path):
                yield path

    def test_programs_are_position_independent(self):
        for path in self.for_each(ARGUMENTS.program):
            self.assertRegex(readelf("-h", path), r"Type:\s+DYN")
            self.assertIn("PIE", readelf("-d", path))

    def test_programs_have_full_relro(self):
        for path in self.for_each(ARGUMENTS.program):
            self.assertIn("GNU_RELRO", readelf("-l", path))
            self.assertRegex(readelf("-d", path), r"BIND_NOW|FLAGS.*NOW")

    def test_no_stack_is_executable_and_nothing_is_both_writable_and_executable(self):
        for path in self.for_each(ARGUMENTS.program):
            headers = readelf("-l", path)
            self.assertRegex(headers, r"GNU_STACK.* RW ")
            self.assertNotRegex(headers, r" RWE ")

    def test_programs_look_for_libraries_in_no_build_folder(self):
        for path in self.for_each(ARGUMENTS.program):
            self.assertNotRegex(readelf("-d", path), r"RPATH|RUNPATH")

    def test_programs_use_the_stack_protector_and_fortified_functions(self):
        for path in self.for_each(ARGUMENTS.program):
            symbols = readelf("--dyn-syms", path)
            self.assertIn("__stack_chk_fail", symbols)
            self.assertRegex(symbols, r"__\w+_chk@")

    @unittest.skipUnless("X86-64" in readelf("-h", sys.executable), "control-flow enforcement of x86-64")
    def test_every_object_of_ours_is_ready_for_control_flow_enforcement(self):
        for path in self.for_each(ARGUMENTS.library):
            for member in re.split(r"^File: ", readelf("-n", path), flags=re.MULTILINE)[1:]:
                self.assertRegex(member, r"IBT, SHSTK", member.splitlines()[0])


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *REST])
