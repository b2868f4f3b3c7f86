#include "core/schedule/zone.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <limits>
#include <sstream>

#include "core/schedule/posix_rule.hpp"
#include "flows/suggest.hpp"

namespace waggle::schedule {
namespace {

constexpr std::int64_t earliest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max();

/// The largest zone file of tzdata 2026 has 3.6 KB; more is something else.
constexpr std::size_t max_zone_file_bytes = 256u << 10;

bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name.front() == '/' || name.find("..") != std::string_view::npos)
    return false;
  return std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '/' || c == '_' || c == '-' || c == '+';
  });
}

/// Names for "did you mean", from the table that comes with the zone files; empty when there is none.
std::vector<std::string> known_names(const std::string& dir) {
  std::vector<std::string> names = {"UTC"};
  std::ifstream table(dir + "/zone1970.tab");
  for (std::string line; std::getline(table, line);) {
    if (line.empty() || line[0] == '#') continue;
    std::istringstream columns(line);
    std::string countries, place, name;
    if (columns >> countries >> place >> name) names.push_back(name);
  }
  return names;
}

/// A bare city is the commonest slip: `Berlin` for `Europe/Berlin`.
std::string nearest_zone(std::string_view name, const std::vector<std::string>& names) {
  for (const std::string& known : names)
    if (known.size() > name.size() && known.ends_with(name) && known[known.size() - name.size() - 1] == '/')
      return known;
  return flows::nearest(name, names);
}

}  // namespace

/// Reads the bytes of a TZif file. Source: RFC 9636 (read 2026-11)
class TzifReader {
 public:
  explicit TzifReader(std::string_view bytes) : bytes_(bytes) {}

  Result<void> read_into(Zone& zone) {
    Header header = read_header();
    if (header.version != 0) {  // the first block is for readers of 32 bits
      skip(block_size(header, 4));
      header = read_header();
    }
    if (bad_) return invalid("it is no time zone file");
    read_block(header, header.version == 0 ? 4 : 8, zone);
    if (bad_) return invalid("it ends too early or contradicts itself");
    return header.version == 0 ? Result<void>() : read_rule(zone);
  }

 private:
  struct Header {
    char version = 0;
    std::uint32_t is_utc = 0, is_standard = 0, leaps = 0, times = 0, types = 0, characters = 0;
  };

  static std::size_t block_size(const Header& h, std::size_t time_size) {
    return std::size_t{h.times} * (time_size + 1) + std::size_t{h.types} * 6 + h.characters +
           std::size_t{h.leaps} * (time_size + 4) + h.is_standard + h.is_utc;
  }

  Header read_header() {
    Header h;
    if (take(4) != "TZif") bad_ = true;
    std::string_view version = take(16).substr(0, 1);
    h.version = version.empty() || version[0] == '\0' ? 0 : version[0];
    for (std::uint32_t* count : {&h.is_utc, &h.is_standard, &h.leaps, &h.times, &h.types, &h.characters})
      *count = static_cast<std::uint32_t>(number(4));
    return h;
  }

  void read_block(const Header& h, std::size_t time_size, Zone& zone) {
    if (block_size(h, time_size) > bytes_.size() - at_ || h.types == 0) {
      bad_ = true;
      return;
    }
    std::vector<std::int64_t> times(h.times);
    for (std::int64_t& time : times) time = number(time_size);
    std::string_view type_of = take(h.times);
    std::vector<std::int32_t> offsets(h.types);
    for (std::int32_t& offset : offsets) {
      offset = static_cast<std::int32_t>(number(4));
      skip(2);  // whether it is daylight saving, and its abbreviation
      if (offset < -26 * 3600 || offset > 26 * 3600) bad_ = true;
    }
    skip(h.characters + std::size_t{h.leaps} * (time_size + 4) + h.is_standard + h.is_utc);
    zone.first_offset_ = offsets[0];
    for (std::size_t i = 0; i < times.size(); ++i) {
      auto type = static_cast<unsigned char>(type_of[i]);
      if (type >= offsets.size() || (i > 0 && times[i] <= times[i - 1])) {
        bad_ = true;
        return;
      }
      zone.changes_.push_back({times[i], offsets[type]});
    }
  }

  Result<void> read_rule(Zone& zone) {
    if (take(1) != "\n") return invalid("its closing rule is missing");
    std::string_view rest = bytes_.substr(at_);
    if (rest.find('\n') == std::string_view::npos) return invalid("its closing rule is cut off");
    std::string_view rule = rest.substr(0, rest.find('\n'));
    if (rule.empty()) return {};
    std::int64_t known_until = zone.changes_.empty() ? 0 : std::max<std::int64_t>(0, zone.changes_.back().at);
    auto day = std::chrono::sys_days(std::chrono::days(known_until / 86400));
    int first_year = static_cast<int>(std::chrono::year_month_day(day).year());
    WAGGLE_TRY(ExpandedRule expanded, expand_rule(rule, first_year, last_rule_year));
    if (zone.changes_.empty()) zone.first_offset_ = expanded.standard_offset;
    for (const RuleChange& change : expanded.changes)
      if (zone.changes_.empty() || change.at > zone.changes_.back().at)
        zone.changes_.push_back({change.at, change.offset});
      else if (change.at == zone.changes_.back().at)
        zone.changes_.back().offset = change.offset;
    return {};
  }

  std::string_view take(std::size_t size) {
    if (size > bytes_.size() - at_) {
      bad_ = true;
      return {};
    }
    at_ += size;
    return bytes_.substr(at_ - size, size);
  }
  void skip(std::size_t size) { take(size); }
  std::int64_t number(std::size_t size) {
    std::string_view digits = take(size);
    std::uint64_t value = !digits.empty() && (digits[0] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (unsigned char byte : digits) value = value << 8 | byte;
    return static_cast<std::int64_t>(value);
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  bool bad_ = false;
};

Result<std::shared_ptr<const Zone>> Zone::from_tzif(std::string name, std::string_view bytes) {
  auto zone = std::make_shared<Zone>();
  zone->name_ = std::move(name);
  if (auto read = TzifReader(bytes).read_into(*zone); !read)
    return invalid("the zone file of " + zone->name_ + " is damaged: " + read.error().message +
                       "; reinstall the package tzdata",
                   "damaged_zone");
  // A change of the name alone (or of what counts as daylight saving) is no change of the clock.
  std::vector<Change> changes;
  for (const Change& change : zone->changes_)
    if (change.offset != (changes.empty() ? zone->first_offset_ : changes.back().offset))
      changes.push_back(change);
  zone->changes_ = std::move(changes);
  return std::shared_ptr<const Zone>(std::move(zone));
}

std::shared_ptr<const Zone> Zone::utc() {
  auto zone = std::make_shared<Zone>();
  zone->name_ = "UTC";
  return zone;
}

Result<std::shared_ptr<const Zone>> Zone::load(std::string_view name, const std::string& dir) {
  if (name == "UTC" || name == "Etc/UTC") return utc();
  std::ifstream file;
  std::string bytes(max_zone_file_bytes, '\0');
  if (is_zone_name(name)) file.open(dir + "/" + std::string(name), std::ios::binary);
  if (file.is_open()) file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.is_open() && file.gcount() > 0) {
    bytes.resize(static_cast<std::size_t>(file.gcount()));
    return from_tzif(std::string(name), bytes);
  }
  std::vector<std::string> names = known_names(dir);
  if (names.size() == 1)
    return invalid("time zone " + std::string(name) + " cannot be looked up: there are no zone files in " +
                       dir + "; install the package tzdata, or use UTC",
                   "no_zone_files");
  std::string near = nearest_zone(name, names);
  return invalid("there is no time zone " + std::string(name) +
                     (near.empty() ? "; write a name of the IANA list, like Europe/Berlin"
                                   : "; did you mean " + near + "?"),
                 "unknown_zone");
}

Zone::Stretch Zone::at(std::int64_t utc_seconds) const {
  auto next = std::upper_bound(changes_.begin(), changes_.end(), utc_seconds,
                               [](std::int64_t t, const Change& change) { return t < change.at; });
  Stretch stretch;
  stretch.end = next == changes_.end() ? latest : next->at;
  stretch.begin = next == changes_.begin() ? earliest : std::prev(next)->at;
  stretch.offset = next == changes_.begin() ? first_offset_ : std::prev(next)->offset;
  return stretch;
}

}  // namespace waggle::schedule
