#include "conference/web_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "test/conference/page.h"

namespace sluice::conference {
namespace {

TEST(WebFilesTest, FilesAreFoundByPathWithTheirType) {
  const auto files = WebFiles::Read(MakePage());
  ASSERT_TRUE(files.ok()) << files.status();
  ASSERT_NE(files->Find("/"), nullptr);
  EXPECT_EQ(files->Find("/")->type, "text/html; charset=utf-8");
  EXPECT_EQ(files->Find("/r/demo"), files->Find("/index.html"));
  EXPECT_EQ(files->Find("/assets/main-ABCD1234.js")->type, "text/javascript; charset=utf-8");
  EXPECT_EQ(files->Find("/assets/icon.svg")->type, "image/svg+xml");
  for (const char* none : {"", "/r", "/nothing", "/../etc/passwd", "/assets", "/assets/../index.html"}) {
    EXPECT_EQ(files->Find(none), nullptr) << none;
  }
}

TEST(WebFilesTest, OnlyNamesWithAHashAreForEver) {
  const auto files = WebFiles::Read(MakePage());
  ASSERT_TRUE(files.ok());
  EXPECT_TRUE(files->Find("/assets/main-ABCD1234.js")->immutable);
  EXPECT_FALSE(files->Find("/assets/icon.svg")->immutable);
  EXPECT_FALSE(files->Find("/")->immutable);
  EXPECT_NE(files->Find("/")->etag, files->Find("/assets/icon.svg")->etag);
}

TEST(WebFilesTest, AMissingPageSaysHowToMakeIt) {
  const auto files = WebFiles::Read("/nowhere");
  ASSERT_FALSE(files.ok());
  EXPECT_THAT(std::string(files.status().message()), testing::HasSubstr("scripts/build"));
}

}  // namespace
}  // namespace sluice::conference
