// The lab in a window: what it draws, written as a PNG, and what it refuses.
#include <png.h>
#include <sys/wait.h>

#include <cstdint>
#include <cstdlib>
#include <set>

#include "tests/catch.hpp"
#include "tests/native/temporary.hpp"

using namespace vae::testing;

namespace {

struct Picture {
  unsigned width = 0, height = 0;
  std::vector<std::uint8_t> gray;
  double share_below(int level) const {
    const auto count = std::count_if(gray.begin(), gray.end(), [level](int g) { return g < level; });
    return static_cast<double>(count) / static_cast<double>(gray.size());
  }
};

int run(const std::string& arguments) {
  return WEXITSTATUS(
      std::system((std::string(LAB) + " " + arguments + " >/dev/null 2>&1 </dev/null").c_str()));
}

Picture screenshot(const std::string& arguments) {
  TemporaryFolder folder;
  const std::string path = folder / "lab.png";
  REQUIRE(run(WEIGHTS " --screenshot " + path + " " + arguments) == 0);
  png_image png{};
  png.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_file(&png, path.c_str()) != 0);
  png.format = PNG_FORMAT_GRAY;
  Picture picture{png.width, png.height, std::vector<std::uint8_t>(PNG_IMAGE_SIZE(png))};
  REQUIRE(png_image_finish_read(&png, nullptr, picture.gray.data(), 0, nullptr) != 0);
  return picture;
}

}  // namespace

TEST_CASE("the window shows digits, in light and in dark") {
  const Picture light = screenshot("--light --size 1280x900"), dark = screenshot("--dark --size 1280x900");
  CHECK(light.width == 1280);
  CHECK(light.height == 900);
  CHECK(light.share_below(128) > 0.02);  // ink: text, buttons and digits
  CHECK(light.share_below(128) < 0.2);
  CHECK(dark.share_below(128) > 0.8);
  CHECK(dark.share_below(128) < 0.98);
  for (const Picture* picture : {&light, &dark}) {  // digits have all shades, text and buttons few
    CHECK(std::set<int>(picture->gray.begin(), picture->gray.end()).size() > 150);
  }
}

TEST_CASE("every view of the lab in a window, in both languages") {
  for (const char* view : {"generate", "morph", "bend", "map", "draw", "time", "compare", "inside"}) {
    INFO(view);
    const std::string state =
        std::string("--light --size 900x900 --state 'view=") + view + "&model=aevb&test_digit=61'";
    const Picture english = screenshot(state), chinese = screenshot(state + " --lang zh");
    CHECK(english.share_below(128) > 0.015);
    CHECK(english.share_below(128) < 0.3);
    CHECK(std::set<int>(english.gray.begin(), english.gray.end()).size() > 150);
    CHECK(english.gray != chinese.gray);
  }
}

TEST_CASE("a narrow window works") { CHECK(screenshot("--size 360x640").width == 360); }

TEST_CASE("the window's program refuses what it should") {
  TemporaryFolder folder;
  write_bytes(folder / "page.html", {'<', 'h', 't', 'm', 'l', '>', '<', '/', 'h', 't', 'm', 'l', '>'});
  CHECK(run(folder / "page.html") == 65);
  CHECK(run(folder / "missing.bin") == 66);
  CHECK(run("") == 2);
  for (const char* wrong :
       {"--lang fr", "--scale abc", "--scale 1.5x", "--scale nan", "--size 900", "--size 900x900x9"}) {
    INFO(wrong);
    CHECK(run(std::string(WEIGHTS " ") + wrong) == 2);
  }
  std::filesystem::copy_file(WEIGHTS, folder / "w.bin");
  const std::string own = folder / "w.bin", pipe = folder / "pipe",
                    picture = " --screenshot " + (folder / "x.png").string();
  CHECK(run(own + " --screenshot " + own) == 2);
  REQUIRE(std::system(("mkfifo " + pipe).c_str()) == 0);
  CHECK(run(own + " --screenshot " + pipe) == 74);
  CHECK(run(own + " --state model=aevb" + picture) == 66);  // which is not beside it
  CHECK(run(own + " --state view=morph" + picture) == 0);   // nor is weights.bin: WEIGHTS itself
}
