// ImFormatString and ImFormatStringV, which Dear ImGui calls and leaves to us
// (IMGUI_DISABLE_DEFAULT_FORMAT_FUNCTIONS). Knows what the lab and Dear ImGui's core use: %s %c %d %i %u %x
// %X %p %.Nf %%, widths and zero padding. Numbers beyond 1e15 are not written in full.
#include <cmath>
#include <cstdarg>
#include <cstdint>

#include "imgui.h"
#include "imgui_internal.h"

int imgui_scan(const char* text, const char* format, ...);

namespace {

struct Output {
  char* begin;
  std::size_t size, length = 0;
  void put(char c) {
    if (begin != nullptr && length + 1 < size) begin[length] = c;
    ++length;
  }
};

struct Spec {
  int width = 0, precision = -1;
  char padding = ' ';
};

void put_unsigned(Output& out, std::uint64_t value, unsigned base, const Spec& spec, bool negative = false) {
  char digits[24];
  int n = 0;
  do {
    digits[n++] = "0123456789abcdef"[value % base];
    value /= base;
  } while (value != 0);
  const int total = n + (negative ? 1 : 0);
  if (negative && spec.padding == '0') out.put('-');
  for (int i = total; i < spec.width; ++i) out.put(spec.padding);
  if (negative && spec.padding != '0') out.put('-');
  while (n > 0) out.put(digits[--n]);
}

void put_text(Output& out, const char* text, const Spec& spec) {
  for (int i = 0; *text != 0 && (spec.precision < 0 || i < spec.precision); ++i) out.put(*text++);
}

void put_float(Output& out, double value, const Spec& spec) {
  if (std::isnan(value)) return put_text(out, "nan", {});
  const int decimals = spec.precision < 0 ? 6 : spec.precision;
  std::uint64_t unit = 1;
  for (int i = 0; i < decimals; ++i) unit *= 10;
  const double size =
      std::fmin(std::fabs(value), 1e15 / static_cast<double>(unit)) * static_cast<double>(unit);
  const auto scaled = static_cast<std::uint64_t>(size + 0.5);
  put_unsigned(out, scaled / unit, 10, {}, value < 0 && scaled > 0);
  if (decimals == 0) return;
  out.put('.');
  put_unsigned(out, scaled % unit, 10, {decimals, -1, '0'});
}

}  // namespace

int ImFormatStringV(char* buf, std::size_t buf_size, const char* fmt, va_list args) {
  Output out{buf, buf_size};
  for (; *fmt != 0; ++fmt) {
    if (*fmt != '%') {
      out.put(*fmt);
      continue;
    }
    Spec spec;
    if (*++fmt == '0') spec.padding = *fmt++;
    for (; *fmt >= '0' && *fmt <= '9'; ++fmt) spec.width = spec.width * 10 + (*fmt - '0');
    if (*fmt == '.') {
      spec.precision = 0;
      if (*++fmt == '*') spec.precision = va_arg(args, int), ++fmt;
      for (; *fmt >= '0' && *fmt <= '9'; ++fmt) spec.precision = spec.precision * 10 + (*fmt - '0');
    }
    switch (*fmt) {
      case 's':
        put_text(out, va_arg(args, const char*), spec);
        break;
      case 'c':
        out.put(static_cast<char>(va_arg(args, int)));
        break;
      case 'd':
      case 'i': {
        const int value = va_arg(args, int);
        const auto size = static_cast<std::uint64_t>(value < 0 ? -std::int64_t{value} : std::int64_t{value});
        put_unsigned(out, size, 10, spec, value < 0);
        break;
      }
      case 'u':
        put_unsigned(out, va_arg(args, unsigned), 10, spec);
        break;
      case 'x':
      case 'X':
        put_unsigned(out, va_arg(args, unsigned), 16, spec);
        break;
      case 'p':
        put_unsigned(out, reinterpret_cast<std::uintptr_t>(va_arg(args, void*)), 16, spec);
        break;
      case 'f':
        put_float(out, va_arg(args, double), spec);
        break;
      case 0:
        --fmt;
        break;
      default:
        out.put(*fmt);
    }
  }
  if (buf == nullptr) return static_cast<int>(out.length);
  if (buf_size == 0) return 0;
  if (out.length >= buf_size) out.length = buf_size - 1;
  buf[out.length] = 0;
  return static_cast<int>(out.length);
}

int ImFormatString(char* buf, std::size_t buf_size, const char* fmt, ...) {
  va_list args;
  va_start(args, fmt);
  const int length = ImFormatStringV(buf, buf_size, fmt, args);
  va_end(args);
  return length;
}

int imgui_scan(const char* text, const char* format, ...) {
  va_list args;
  va_start(args, format);
  int found = 0;
  for (; *format != 0; ++format) {
    if (format[0] == '%' && (format[1] == 'd' || format[1] == 'i')) {
      if (*text < '0' || *text > '9') break;
      int value = 0;
      for (; *text >= '0' && *text <= '9' && value < 100000000; ++text) value = value * 10 + (*text - '0');
      *va_arg(args, int*) = value;
      ++found;
      ++format;
    } else if (*format != *text++) {
      break;
    }
  }
  va_end(args);
  return found;
}
