#include "native/support/progress.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "native/support/failure.hpp"
#include "native/support/formatted.hpp"

namespace vae {

void flush_output() {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return;
  throw Failure(Exit::kIo, std::string("standard output cannot be written: ") + std::strerror(errno));
}

std::string duration(double seconds) {
  const long long s = static_cast<long long>(seconds + 0.5);
  if (s < 60) return formatted("%lld s", s);
  if (s < 3600) return formatted("%lld min %02lld s", s / 60, s % 60);
  return formatted("%lld h %02lld min", s / 3600, s / 60 % 60);
}

std::string thousands(long long number) {
  std::string text = std::to_string(number);
  for (int at = static_cast<int>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), " ");
  return text;
}

ProgressLine::ProgressLine() : on_terminal_(isatty(STDOUT_FILENO) != 0) {}

ProgressLine::~ProgressLine() {
  if (shown_) std::printf("\r\033[K");
  std::fflush(stdout);
}

void ProgressLine::show(const std::string& text) {
  if (!on_terminal_) return;
  const auto now = std::chrono::steady_clock::now();
  if (shown_ && now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  shown_ = true;
  winsize size{};
  const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  std::printf("\r%s\033[K", text.substr(0, known ? size.ws_col - 1u : 79u).c_str());
  std::fflush(stdout);
}

void ProgressLine::log(const std::string& text) {
  std::printf("%s%s\n", shown_ ? "\r\033[K" : "", text.c_str());
  std::fflush(stdout);
  shown_ = false;
}

void ImageProgress::show(int done) {
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  std::string text = thousands(done) + " of " + thousands(images_) + " images";
  if (done > 0 && seconds > 0) {
    const double rate = done / seconds;
    text +=
        formatted("  %.*f images/s  ", rate < 10 ? 2 : 0, rate) + duration((images_ - done) / rate) + " left";
  }
  line_.show(text);
}

}  // namespace vae
