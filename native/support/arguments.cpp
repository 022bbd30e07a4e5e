#include "native/support/arguments.hpp"

#include <algorithm>
#include <map>

#include "native/support/failure.hpp"
#include "native/support/nearest.hpp"

namespace vae {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r";
  const std::size_t first = text.find_first_not_of(kSpace);
  return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// Returns the flag of a word, "--lr" of "--lr=3"; "" where the word is none.
std::string_view flag_of(std::string_view word) {
  return word.starts_with("--") && word.size() > 2 ? word.substr(0, word.find('=')) : "";
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

/// Takes the value of a line apart from the comment behind it; `rest` is what follows the equals sign.
std::string value_of(std::string_view rest, std::string& problem) {
  rest = trimmed(rest);
  if (!rest.empty() && (rest[0] == '"' || rest[0] == '\'')) {
    const std::size_t end = rest.rfind(rest[0]);
    if (end == 0) {
      problem = "its quotes do not end";
      return "";
    }
    const std::string_view behind = trimmed(rest.substr(end + 1));
    if (!behind.empty() && behind[0] != '#' && behind[0] != ';')
      problem = "something follows the value's quotes";
    return std::string(rest.substr(1, end - 1));
  }
  rest = trimmed(rest.substr(0, rest.find_first_of("#;")));
  if (rest.empty()) problem = "it has no value";
  return std::string(rest);
}

}  // namespace

void parse_arguments(CLI::App& app, int argc, char** argv) {
  std::vector<std::string_view> seen;
  for (int i = 1; i < argc; ++i) {
    const std::string_view flag = flag_of(argv[i]);
    if (flag.empty() || app.get_option_no_throw(std::string(flag)) == nullptr) continue;
    if (std::ranges::find(seen, flag) != seen.end())
      throw CLI::ValidationError(std::string(flag), "is given twice");
    seen.push_back(flag);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ExtrasError&) {
    const std::string word = app.remaining().front();
    const std::string flag(flag_of(word));
    throw CLI::ExtrasError(app.get_name(), {word + (flag.empty() ? "" : or_nearest(flag, flags_of(app)))});
  }
}

std::string config_path(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word.starts_with("--config=")) return std::string(word.substr(word.find('=') + 1));
    if (word == "--config" && i + 1 < argc) return argv[i + 1];
  }
  return "";
}

std::vector<CLI::ConfigItem> ConfigReader::from_config(std::istream& input) const {
  std::vector<CLI::ConfigItem> settings;
  std::map<std::string, int, std::less<>> lines;  // of the settings so far
  std::string line;
  for (int number = 1; std::getline(input, line); ++number) {
    const auto refuse = [&](const std::string& what) {
      throw Failure(Exit::kUsage, "--config " + path_ + ", line " + std::to_string(number) + ": " + what);
    };
    std::string_view text = line;
    if (number == 1 && text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // a byte-order mark
    text = trimmed(text);
    if (text.empty() || text[0] == '#' || text[0] == ';') continue;
    if (text[0] == '[') refuse("sections are not known; write one setting a line, name = value");
    const std::size_t equals = text.find('=');
    const std::string name(trimmed(text.substr(0, equals)));
    const bool plain = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
    if (equals == std::string_view::npos || name.empty() || !plain)
      refuse("expected name = value, as --print-config writes it");
    if (app_ != nullptr && app_->get_option_no_throw("--" + name) == nullptr) {
      std::vector<std::string> known = flags_of(*app_);
      for (std::string& flag : known) flag.erase(0, 2);
      refuse("there is no setting " + name + or_nearest(name, known));
    }
    if (const auto [at, is_new] = lines.try_emplace(name, number); !is_new)
      refuse(name + " is set again, first in line " + std::to_string(at->second));
    std::string problem;
    CLI::ConfigItem item;
    item.name = name;
    item.inputs = {value_of(text.substr(equals + 1), problem)};
    if (!problem.empty()) refuse(std::string(name).append(": ").append(problem));
    settings.push_back(std::move(item));
  }
  return settings;
}

}  // namespace vae
