// The state as the text behind a link's "#". One list of fields serves writer and reader, so neither can know
// a field that the other does not.
#include <algorithm>
#include <cmath>
#include <optional>

#include "shared/base/encoding.hpp"
#include "web/lab/state/numbers.hpp"
#include "web/lab/state/state.hpp"

namespace lab {
namespace {

constexpr int kMaxLatent = 4096;
constexpr std::string_view kStopNames[kMaxStops] = {"a", "b", "c", "d", "e", "f", "g", "h"};

/// Calls visit(name, field, limits...) for every field of the state that a link carries.
template <class Visit>
void for_each_field(LabState& s, Visit& visit) {
  visit.word("view", s.view);
  visit.word("model", s.model);
  visit.word("other", s.other);
  visit.latent("z", s.z);
  visit.number("seed", s.seed, 0, UINT32_MAX);
  visit.number("temperature", s.temperature, 0, 2);
  visit.number("digit", s.digit, -1, 9);
  for (std::size_t i = 0; i < kMaxStops; ++i) visit.stop(kStopNames[i], s.stops, i);
  visit.number("t", s.t, 0, kMaxStops);
  visit.flag("slerp", s.slerp);
  visit.flag("loop", s.loop);
  visit.flag("ease", s.ease);
  visit.number("frames", s.frames, 5, 21);
  visit.number("speed", s.speed, 0.25, 4);
  visit.flag("playing", s.playing);
  visit.flag("by_use", s.by_use);
  visit.number("axis_x", s.axis_x, 0, kPrincipalAxis + 7);
  visit.number("axis_y", s.axis_y, 0, kPrincipalAxis + 7);
  visit.number("map_x", s.map_x, -1e3, 1e3);
  visit.number("map_y", s.map_y, -1e3, 1e3);
  visit.number("zoom", s.map_zoom, 1e-3, 1e6);
  visit.number("hidden", s.hidden, 0, 1023);
  visit.flag("even", s.even_steps);
  visit.flag("pictures", s.map_pictures);
  visit.flag("points", s.map_points);
  visit.flag("circles", s.map_circles);
  visit.ink("ink", s.strokes);
  visit.number("test_digit", s.test_digit, -1, 9999);
  visit.flag("sampled", s.sampled);
  visit.number("epsilon", s.epsilon, 0, UINT32_MAX);
  visit.flag("gray", s.gray);
  visit.number("pixels", s.pixel_seed, 0, UINT32_MAX);
  visit.number("snapshot", s.snapshot, -1, 1023);
  visit.number("compared", s.compared, 0, 3);
  visit.number("layer", s.layer, -1, 255);
}

std::string to_base64url(const std::vector<float>& values) {
  std::string text = vae::encode_floats(values);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  while (!text.empty() && text.back() == '=') text.pop_back();
  return text;
}

std::optional<std::vector<float>> from_base64url(std::string_view text) {
  std::string base64(text);
  std::replace(base64.begin(), base64.end(), '-', '+');
  std::replace(base64.begin(), base64.end(), '_', '/');
  base64.append((4 - base64.size() % 4) % 4, '=');
  std::vector<float> values;
  const bool good = vae::decode_floats(base64, values) && values.size() <= kMaxLatent &&
                    std::all_of(values.begin(), values.end(), [](float v) { return std::isfinite(v); });
  return good ? std::optional(std::move(values)) : std::nullopt;
}

bool plain_word(std::string_view text) {
  return !text.empty() && text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

/// Writes all fields that are not empty.
struct Writer {
  std::vector<std::string> pairs;

  void put(std::string_view name, std::string_view value) {
    pairs.push_back(std::string(name).append("=").append(value));
  }
  void word(std::string_view name, const std::string& value) { put(name, value); }
  void latent(std::string_view name, const std::vector<float>& value) {
    if (!value.empty()) put(name, to_base64url(value));
  }
  void stop(std::string_view name, const std::vector<std::vector<float>>& stops, std::size_t i) {
    if (i < stops.size()) latent(name, stops[i]);
  }
  template <class Number>
  void number(std::string_view name, Number value, double, double) {
    put(name, decimal(static_cast<double>(value)));
  }
  void flag(std::string_view name, bool value) { put(name, value ? "1" : "0"); }
  void ink(std::string_view name, const std::vector<Stroke>& strokes) {
    if (!strokes.empty()) put(name, encode_strokes(strokes));
  }
};

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return small;
}

/// Every %41 an A.
std::string percent_decoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string digits = lower(text.substr(i + 1, 2));
    const bool escaped = text[i] == '%' && digits.size() == 2 &&
                         kHex.find(digits[0]) != std::string_view::npos &&
                         kHex.find(digits[1]) != std::string_view::npos;
    plain += escaped ? static_cast<char>(16 * kHex.find(digits[0]) + kHex.find(digits[1])) : text[i];
    if (escaped) i += 2;
  }
  return plain;
}

/// What was sent, of what arrived: encoded up to three times, HTML's "&amp;", punctuation around it.
std::string repaired(std::string_view arrived) {
  std::string link(arrived);
  for (int i = 0; i < 3; ++i) {
    link = percent_decoded(link);
    for (std::size_t at; (at = lower(link).find("&amp;")) != std::string::npos;) link.erase(at + 1, 4);
  }
  const auto plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '=';
  };
  const auto last = std::find_if(link.rbegin(), link.rend(), plain).base();
  link.erase(last, link.end());
  link.erase(link.begin(), std::find_if(link.begin(), link.end(), plain));
  return link;
}

/// Takes what the link says; from `pairs` what it understood.
struct Reader {
  struct Pair {
    std::string name, value;
    std::string_view whole;
  };
  mutable std::vector<Pair> pairs;

  explicit Reader(std::string_view link) {
    while (!link.empty()) {
      const std::string_view whole = link.substr(0, link.find('&'));
      link.remove_prefix(std::min(whole.size() + 1, link.size()));
      const std::size_t equals = std::min(whole.find('='), whole.size());
      if (!whole.empty()) {
        pairs.push_back({lower(whole.substr(0, equals)),
                         std::string(whole.substr(std::min(equals + 1, whole.size()))), whole});
      }
    }
  }
  /// Returns the first value of a name, or nothing.
  std::optional<std::string_view> get(std::string_view name) const {
    for (const Pair& pair : pairs) {
      if (pair.name == name) return pair.value;
    }
    return std::nullopt;
  }
  void understood(std::string_view name) const {
    std::erase_if(pairs, [&](const Pair& pair) { return pair.name == name; });
  }
  void word(std::string_view name, std::string& value) const {
    const auto text = get(name);
    if (std::string small = lower(text.value_or("")); plain_word(small))
      value = std::move(small), understood(name);
  }
  void latent(std::string_view name, std::vector<float>& value) const {
    const auto text = get(name);
    if (auto values = text ? from_base64url(*text) : std::nullopt)
      value = std::move(*values), understood(name);
  }
  void stop(std::string_view name, std::vector<std::vector<float>>& stops, std::size_t i) const {
    if (stops.size() != i) return;
    std::vector<float> z;
    latent(name, z);
    if (!z.empty()) stops.push_back(std::move(z));
  }
  template <class Number>
  void number(std::string_view name, Number& value, double least, double most) const {
    const auto text = get(name);
    const auto number = text ? parse_decimal(*text) : std::nullopt;
    if (number && *number >= least && *number <= most) value = static_cast<Number>(*number), understood(name);
  }
  void flag(std::string_view name, bool& value) const {
    if (const auto text = get(name); text == "0" || text == "1") value = text == "1", understood(name);
  }
  void ink(std::string_view name, std::vector<Stroke>& strokes) const {
    std::vector<Stroke> read;
    const auto text = get(name);
    if (text && decode_strokes(*text, read)) strokes = std::move(read), understood(name);
  }
};

}  // namespace

std::string to_link(const LabState& state) {
  LabState copy = state, fresh;
  Writer all, usual;
  for_each_field(copy, all);
  for_each_field(fresh, usual);
  std::string link;
  for (const std::string& pair : all.pairs) {
    if (std::find(usual.pairs.begin(), usual.pairs.end(), pair) != usual.pairs.end()) continue;
    link.append(link.empty() ? "" : "&").append(pair);
  }
  return link;
}

LabState from_link(std::string_view link, std::vector<std::string>* skipped) {
  LabState state;
  const std::string text = repaired(link);
  const Reader reader(text);
  for_each_field(state, reader);
  if (skipped != nullptr) {
    for (const Reader::Pair& pair : reader.pairs) skipped->emplace_back(pair.whole);
  }
  return state;
}

}  // namespace lab
