// The lab in a window of its own. Draws only when something happened, like the page.
//   lab WEIGHTS [--dark|--light] [--lang en|zh] [--state LINK] [--size WIDTHxHEIGHT] [--scale S]
//       [--screenshot OUT.png]
// LINK is what follows "#" in a link of the page. Other models, snapshots and digits are read from
// beside WEIGHTS.
#include <GLFW/glfw3.h>
#include <png.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "web/host/host.hpp"

namespace {

struct Options {
  const char* weights = nullptr;
  const char* screenshot = nullptr;
  const char* state = "";
  bool chinese = false;
  int width = 1280, height = 900;
  float scale = 0;  // 0: the monitor's
  bool dark = false;
};

bool parse(int argc, char** argv, Options& options) {
  const char* const theme = std::getenv("GTK_THEME");  // the one thing that desktops without D-Bus agree on
  options.dark = theme != nullptr && std::strstr(theme, "dark") != nullptr;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    const bool has_value = i + 1 < argc;
    if (word == "--dark") {
      options.dark = true;
    } else if (word == "--light") {
      options.dark = false;
    } else if (word == "--state" && has_value) {
      options.state = argv[++i];
    } else if (word == "--lang" && has_value) {
      const std::string_view lang = argv[++i];
      if (lang != "en" && lang != "zh") return false;
      options.chinese = lang == "zh";
    } else if (word == "--screenshot" && has_value) {
      options.screenshot = argv[++i];
    } else if (word == "--scale" && has_value) {
      char behind;
      if (std::sscanf(argv[++i], "%f%c", &options.scale, &behind) != 1 || !(options.scale > 0)) return false;
      options.scale = std::clamp(options.scale, 0.5f, 4.0f);
    } else if (word == "--size" && has_value) {
      char behind;
      if (std::sscanf(argv[++i], "%dx%d%c", &options.width, &options.height, &behind) != 2) return false;
    } else if (!word.starts_with("-") && options.weights == nullptr) {
      options.weights = argv[i];
    } else {
      return false;
    }
  }
  return options.weights != nullptr && options.width > 0 && options.height > 0;
}

/// Reads a file, of at most what weights may have; false, with errno, when it cannot be opened.
bool read_file(const std::string& path, std::vector<std::byte>& bytes) {
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return false;
  std::byte chunk[65536];
  for (std::size_t n;
       bytes.size() <= vae::FileLimits{}.bytes && (n = std::fread(chunk, 1, sizeof chunk, file)) > 0;) {
    bytes.insert(bytes.end(), chunk, chunk + n);
  }
  std::fclose(file);
  return true;
}

/// Loads weights; false, with one line on stderr, when that fails. `status`: what the program exits with.
bool load_weights(const std::string& path, int* status) {
  std::vector<std::byte> bytes;
  if (!read_file(path, bytes)) {
    std::fprintf(stderr, "lab: cannot open %s: %s\n", path.c_str(), std::strerror(errno));
    return *status = 66, false;
  }
  std::string_view id = lab::kOwnModel;
  for (const lab::KnownModel& known : lab::known_models()) {
    if (path.ends_with(std::string("/") + known.file)) id = known.id;
  }
  const auto error = host.app.lab.load(id, bytes);
  wake();
  if (!error) return host.app.lab.use_model(id), true;
  std::fprintf(stderr, "lab: %s: %s (%s)\n", path.c_str(), error->message.c_str(),
               vae::code_name(error->code).data());
  return *status = 65, false;
}

/// The folder of a path, with its '/'.
std::string folder_of(const std::string& path) { return path.substr(0, path.rfind('/') + 1); }

/// Fetches what the lab wants from beside the weights; false when it wants nothing.
bool fetch_wanted(const std::string& folder) {
  bool fetched = false;
  for (std::size_t i = 0; i < host.app.lab.wanted().size(); ++i) {
    lab::Wanted& wanted = host.app.lab.wanted()[i];
    if (wanted.status != lab::Wanted::kWanted) continue;
    std::vector<std::byte> bytes;
    if (read_file(folder + wanted.file, bytes)) {
      host.app.lab.give(std::string(wanted.file), std::move(bytes));
    } else {
      wanted.status = lab::Wanted::kFailed;
      wanted.message = folder + wanted.file + ": " + std::strerror(errno);
    }
    fetched = true;
    wake();
  }
  return fetched;
}

void set_callbacks() {
  glfwSetScrollCallback(host.window, [](GLFWwindow* window, double, double y) {
    if (glfwGetKey(window, GLFW_KEY_LEFT_CONTROL) == GLFW_PRESS) {
      host.app.zoom += static_cast<float>(y) / 4;
    } else {
      host.app.scrolled -= static_cast<float>(y) * 80 * host.app.display.scale;
    }
    wake();
  });
  glfwSetWindowRefreshCallback(host.window, [](GLFWwindow*) { wake(); });
  glfwSetDropCallback(host.window, [](GLFWwindow*, int count, const char** paths) {
    int status = 0;
    if (count > 0) load_weights(paths[0], &status);  // a file that is refused leaves the old model in place
  });
}

void measure(float scale) {
  float x = 1, y = 1;
  glfwGetWindowContentScale(host.window, &x, &y);
  host.app.display.scale = scale > 0 ? scale : std::clamp(x, 0.5f, 4.0f);
  host.app.display.view_height = static_cast<float>(host.height);
}

/// Whether `path` may become a picture: 0, or what the program exits with. libpng removes what it cannot
/// write, devices too.
int check_screenshot(const char* path, const char* weights) {
  std::error_code none;  // what is not there yet is welcome
  const auto status = std::filesystem::status(path, none);
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    std::fprintf(stderr, "lab: %s is not a regular file\n", path);
    return 74;
  }
  if (!std::filesystem::equivalent(path, weights, none)) return 0;
  std::fprintf(stderr, "lab: %s would be written over, but is read too\n", path);
  return 2;
}

int screenshot(const char* path, const std::string& folder) {
  bool more = true;
  while (more || host.input) {  // input: a file came that the last frame wanted
    glfwPollEvents();
    more = draw_frame(1 / 60.0);
    more = fetch_wanted(folder) || more;
  }
  std::vector<unsigned char> pixels(static_cast<std::size_t>(3) * host.width * host.height);
  glPixelStorei(GL_PACK_ALIGNMENT, 1);
  glReadPixels(0, 0, host.width, host.height, GL_RGB, GL_UNSIGNED_BYTE, pixels.data());
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = static_cast<png_uint_32>(host.width);
  image.height = static_cast<png_uint_32>(host.height);
  image.format = PNG_FORMAT_RGB;
  if (png_image_write_to_file(&image, path, 0, pixels.data(), -3 * host.width, nullptr) != 0) return 0;
  std::fprintf(stderr, "lab: cannot write %s: %s\n", path, image.message);
  return 74;
}

void loop(float scale, const std::string& folder) {
  GLFWcursor* const hand = glfwCreateStandardCursor(GLFW_HAND_CURSOR);
  GLFWcursor* const beam = glfwCreateStandardCursor(GLFW_IBEAM_CURSOR);
  glfwSwapInterval(1);
  double before = glfwGetTime();
  bool more = true;
  while (glfwWindowShouldClose(host.window) == 0) {
    if (more || host.input) {
      glfwPollEvents();
    } else {
      glfwWaitEvents();
    }
    measure(scale);
    fetch_wanted(folder);
    const double now = glfwGetTime();
    more = draw_frame(now - before);
    before = now;
    const lab::Cursor cursor = host.app.pointer.cursor;
    glfwSetCursor(host.window, cursor == lab::Cursor::kHand   ? hand
                               : cursor == lab::Cursor::kText ? beam
                                                              : nullptr);
    glfwSwapBuffers(host.window);
  }
}

}  // namespace

int run_desktop(int argc, char** argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    std::fputs(
        "usage: lab WEIGHTS [--dark|--light] [--lang en|zh] [--state LINK] [--size WIDTHxHEIGHT] [--scale "
        "S]\n"
        "           [--screenshot OUT.png]\n",
        stderr);
    return 2;
  }
  int status = options.screenshot == nullptr ? 0 : check_screenshot(options.screenshot, options.weights);
  if (status != 0 || !load_weights(options.weights, &status)) return status;
  const std::string folder = folder_of(options.weights);
  if (*options.state != '\0') {
    lab::LabState state = lab::from_link(options.state);
    if (std::strstr(options.state, "model=") == nullptr) state.model = host.app.lab.state().model;  // WEIGHTS
    host.app.draw.take = state.z.empty() && (state.test_digit >= 0 || !state.strokes.empty());
    host.app.lab.open(std::move(state));
  }
  if (options.chinese) {
    lab::set_language(lab::Language::kChinese, lab::kChineseTexts);
  }
  glfwSetErrorCallback([](int, const char* text) { std::fprintf(stderr, "lab: %s\n", text); });
  if (!open_window(options.width, options.height, "digit-vae", options.screenshot == nullptr)) return 69;
  host.app.display.window = true;
  host.app.display.dark = options.dark;
  set_callbacks();
  measure(options.scale);
  if (options.screenshot != nullptr) {
    status = screenshot(options.screenshot, folder);
    if (status == 0 && !host.app.lab.loaded()) {
      std::fprintf(stderr, "lab: the model that --state names is not in %s\n",
                   folder.empty() ? "." : folder.c_str());
      status = 66;
    }
  } else {
    loop(options.scale, folder);
  }
  glfwTerminate();
  return status;
}
