// Command lines and configuration files as all programs take them: a flag is given once, what is unknown is
// named with the nearest that is known, and a mistake in a file has its line.
#pragma once

#include <CLI/CLI.hpp>
#include <istream>
#include <string>
#include <string_view>
#include <vector>

namespace vae {

/// Parses a command line into `app`. Throws CLI::ParseError: that of CLI11, or ValidationError for a flag
/// that is given twice and ExtrasError for one that is unknown.
void parse_arguments(CLI::App& app, int argc, char** argv);

/// Returns the path that --config names on a command line; "" if none.
std::string config_path(int argc, char** argv);

/// Reads a configuration file, a line `name = value` for each setting, values in quotes or without, comments
/// behind # or ;. Everything else is refused with the line's number.
class ConfigReader : public CLI::ConfigBase {
 public:
  /// `path` is for messages. With an `app`, its flags are the settings that are known.
  ConfigReader(std::string path, const CLI::App* app) : path_(std::move(path)), app_(app) {}
  /// Throws Failure kUsage.
  std::vector<CLI::ConfigItem> from_config(std::istream& input) const override;

 private:
  std::string path_;
  const CLI::App* app_;
};

}  // namespace vae
