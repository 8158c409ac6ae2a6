"""Runs scripts/check-layers on small trees, right and wrong ones."""
import os
import subprocess
import sys
import tempfile
import unittest

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "check-layers")

RIGHT = {
    "rtc/base/CMakeLists.txt": "sluice_library(rtc_base DEPS fmt::fmt)",
    "rtc/base/units.h": "#include <cstdint>\n",
    "rtc/net/CMakeLists.txt": "sluice_library(rtc_net DEPS rtc_base)",
    "rtc/net/path.h": '#include "rtc/base/units.h"\n',
    "rtc/ice/CMakeLists.txt": "sluice_library(rtc_ice DEPS rtc_net\n               rtc_base PRIVATE_DEPS OpenSSL::Crypto)",
    "rtc/ice/agent.h": '#include "rtc/base/units.h"\n#include "rtc/net/path.h"\n',
    "rtc/dtls/CMakeLists.txt": "sluice_library(rtc_dtls DEPS rtc_base)",
    "rtc/dtls/session.cc": '#include "rtc/base/units.h"\n',
    "worker/CMakeLists.txt": "sluice_library(worker_lib DEPS rtc_ice sluice_fbs FOLDERS handlers)\nsluice_program(w DEPS worker_lib)",
    "worker/handlers/router.cc": '#include <uv.h>\n#include "worker/worker.h"\n#include "fbs/message_generated.h"\n',
    "worker/worker.h": '#include "rtc/base/units.h"\n',
    "fbs/CMakeLists.txt": "add_library(sluice_fbs INTERFACE)",
}


class CheckLayersTest(unittest.TestCase):
    def findings(self, **changed):
        """The findings in the right tree with some of its files changed."""
        with tempfile.TemporaryDirectory() as root:
            for path, text in {**RIGHT, **changed.get("files", {})}.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            run = subprocess.run([sys.executable, CHECK, root], capture_output=True, text=True, check=False)
            self.assertEqual(run.stderr, "")
            self.assertEqual(run.returncode, 1 if run.stdout else 0)
            return run.stdout.splitlines()

    def assert_one(self, files, *parts):
        findings = self.findings(files=files)
        self.assertEqual(len(findings), 1, findings)
        for part in parts:
            self.assertIn(part, findings[0])

    def test_a_right_tree_has_no_findings(self):
        self.assertEqual(self.findings(), [])

    def test_an_include_upwards_is_found_with_its_line(self):
        self.assert_one({"rtc/base/units.h": '#include <cstdint>\n#include "rtc/net/path.h"\n'},
                        "rtc/base/units.h:2:", "rtc/net")

    def test_an_include_through_another_targets_deps_is_found_in_rtc(self):
        self.assert_one({"rtc/ice/CMakeLists.txt": "sluice_library(rtc_ice DEPS rtc_net)"}, "rtc/ice/agent.h:1:", "rtc/base")

    def test_an_include_of_another_engine_is_found(self):
        self.assert_one({"rtc/dtls/session.cc": '#include "rtc/ice/agent.h"\n'}, "rtc/dtls/session.cc:1:", "rtc/ice")

    def test_an_engine_that_depends_on_an_engine_is_found(self):
        self.assert_one({"rtc/dtls/CMakeLists.txt": "sluice_library(rtc_dtls DEPS rtc_base rtc_ice)"},
                        "engine rtc_dtls depends on the engine rtc_ice")

    def test_a_dependency_on_a_higher_layer_is_found(self):
        self.assert_one({"rtc/net/CMakeLists.txt": "sluice_library(rtc_net DEPS rtc_base rtc_ice)"}, "a higher layer")

    def test_a_dependency_of_rtc_on_the_worker_is_found(self):
        self.assert_one({"rtc/dtls/CMakeLists.txt": "sluice_library(rtc_dtls DEPS rtc_base worker_lib)"}, "above rtc/")

    def test_clocks_sockets_and_the_event_loop_are_refused_in_rtc(self):
        for header in ("uv.h", "sys/socket.h", "chrono", "unistd.h"):
            self.assert_one({"rtc/dtls/session.cc": f"#include <{header}>\n"}, f"may not include {header}")

    def test_generated_code_is_refused_in_rtc(self):
        self.assert_one({"rtc/dtls/session.cc": '#include "fbs/message_generated.h"\n'}, "may not include fbs/")

    def test_generated_code_needs_the_dependency(self):
        self.assert_one({"worker/CMakeLists.txt": "sluice_library(worker_lib DEPS rtc_ice FOLDERS handlers)"},
                        "worker/handlers/router.cc:3:", "fbs")

    def test_an_include_from_beside_is_found(self):
        self.assert_one({"rtc/ice/agent.h": '#include "path.h"\n'}, "from the root of the tree")

    def test_a_folder_without_a_layer_is_found(self):
        self.assert_one({"rtc/magic/CMakeLists.txt": "sluice_library(rtc_magic DEPS rtc_base)"}, "rtc_magic has no layer")


if __name__ == "__main__":
    unittest.main()
