#include "flows/jsonata/csv.hpp"

#include "flows/jsonata/eval.hpp"
#include "flows/jsonata/members.hpp"
#include "flows/jsonata/number_text.hpp"

namespace waggle::jsonata {

namespace {

/// Reads one row; false at the end of the text.
class Reader {
 public:
  Reader(std::string_view text, char separator) : text_(text), separator_(separator) {
    if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;  // spreadsheets begin with a byte order mark
  }

  bool row(std::vector<std::string>& cells) {
    cells.clear();
    if (at_ >= text_.size()) return false;
    for (;;) {
      cells.push_back(cell());
      if (at_ < text_.size() && text_[at_] == separator_) {
        ++at_;
        continue;
      }
      if (at_ < text_.size() && text_[at_] == '\r') ++at_;
      if (at_ < text_.size() && text_[at_] == '\n') ++at_;
      return true;
    }
  }

 private:
  std::string cell() {
    std::string out;
    if (at_ < text_.size() && text_[at_] == '"') {
      for (++at_;; ++at_) {
        if (at_ >= text_.size())
          throw fault("W2002").with_text("the text is not CSV: a quote is never closed");
        if (text_[at_] != '"') {
          out += text_[at_];
        } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
          out += text_[at_++];
        } else {
          ++at_;
          break;
        }
      }
    }
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r')
      out += text_[at_++];
    return out;
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
};

void append_cell(Context& context, Value value, const CsvOptions& options, std::string& out) {
  std::string text;
  append_string_value(context, value, text);
  bool risky = value.is_string() && !text.empty() &&
               std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos;
  if (options.guard_formulas && risky && !(parse_number(text) == parse_number(text))) text.insert(0, 1, '\'');
  bool quote = text.find_first_of(std::string("\"\r\n") + options.separator) != std::string::npos;
  if (!quote) {
    out += text;
    return;
  }
  out += '"';
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

}  // namespace

Value parse_csv(Context& context, std::string_view text, const CsvOptions& options) {
  Reader reader(text, options.separator);
  std::vector<std::string> cells;
  std::vector<Value> names;
  Sequence rows(context);
  context.charge(text.size() / 4);
  if (options.header && reader.row(cells))
    for (const std::string& cell : cells) names.push_back(context.text(cell));
  while (reader.row(cells)) {
    context.charge(cells.size());
    if (cells.size() == 1 && cells[0].empty()) continue;
    if (!options.header) {
      Sequence row(context);
      for (const std::string& cell : cells) row.push(context.text(cell));
      rows.push(row.array());
      continue;
    }
    Members row(context);
    for (std::size_t i = 0; i < names.size(); ++i)
      row.set(names[i].as_string(), i < cells.size() ? context.text(cells[i]) : Value::string("", true));
    rows.push(row.object());
  }
  return rows.array();
}

Value write_csv(Context& context, Value rows, const CsvOptions& options) {
  Members columns(context);
  for (std::uint32_t i = 0; i < rows.length; ++i) {
    Value row = rows.item(i);
    context.charge(row.size() + 1);
    for (std::uint32_t k = 0; row.is_object() && k < row.size(); ++k)
      columns.set(row.key_at(k), Value::boolean(true));
  }
  Value names = columns.object();
  std::string out;
  auto line = [&](std::uint32_t count, const auto& cell) {
    for (std::uint32_t k = 0; k < count; ++k) {
      if (k > 0) out += options.separator;
      append_cell(context, cell(k), options, out);
    }
    out += "\r\n";
    context.charge(count + 1);
    context.check_string(out.size());
  };
  if (options.header && names.size() > 0)
    line(names.size(), [&](std::uint32_t k) { return Value::string(names.key_at(k)); });
  for (std::uint32_t i = 0; i < rows.length; ++i) {
    Value row = rows.item(i);
    if (row.is_object()) {
      line(names.size(), [&](std::uint32_t k) { return row.find(names.key_at(k)); });
    } else {
      Items items(row);
      line(items.size(), [&](std::uint32_t k) { return items[k]; });
    }
  }
  return context.text(out);
}

}  // namespace waggle::jsonata
