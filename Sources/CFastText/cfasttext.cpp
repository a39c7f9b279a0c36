// Loads a fastText model and asks it; no exception leaves this file.
#include "cfasttext.h"

#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <exception>
#include <fstream>
#include <istream>
#include <memory>
#include <new>
#include <streambuf>
#include <string>
#include <vector>

#include <fasttext/fasttext.h>

namespace {

// Gives access to the check of the first bytes, which loading from a stream leaves out and which sets the version.
struct Loaded : fasttext::FastText {
    bool begins(std::istream &in) { return checkModel(in); }
};

// Text that is read where it lies.
struct Bytes : std::streambuf {
    Bytes(const char *text, int length) {
        char *begin = const_cast<char *>(text);
        setg(begin, begin, begin + length);
    }
};

// The numbers that a file begins with, behind its first eight bytes. fastText takes whatever stands there, and with a
// damaged one reads beyond its tables. The stream is left where it was.
bool isPlausible(std::istream &in) {
    struct {
        int32_t dimension, window, epoch, minCount, negative, wordNgrams, loss, kind, bucket, minn, maxn, updateRate;
    } settings;
    struct {
        int32_t size, words, labels;
    } counts;
    const auto begin = in.tellg();
    in.read(reinterpret_cast<char *>(&settings), sizeof settings);
    in.ignore(sizeof(double));
    in.read(reinterpret_cast<char *>(&counts), sizeof counts);
    in.seekg(begin);
    return settings.dimension > 0 && settings.dimension <= 4096 && settings.wordNgrams > 0 && settings.wordNgrams <= 16 &&
           settings.bucket >= 0 && settings.minn >= 0 && settings.maxn >= 0 && settings.maxn <= 64 &&
           counts.words >= 0 && counts.labels >= 0 && counts.labels <= 100000 && counts.size > 0 &&
           static_cast<int64_t>(counts.words) + counts.labels == counts.size;
}

void say(char *error, int capacity, const char *text) {
    if (capacity > 0) std::snprintf(error, static_cast<size_t>(capacity), "%s", text);
}

}  // namespace

struct cfasttext_model {
    Loaded model;
    std::shared_ptr<const fasttext::Dictionary> words;
    std::vector<std::string> labels;
};

extern "C" cfasttext_model *cfasttext_load(const char *path, char *error, int capacity) {
    try {
        auto loaded = std::make_unique<cfasttext_model>();
        std::ifstream in(path, std::ios::binary);
        if (!in.is_open()) {
            say(error, capacity, std::strerror(errno));
            return nullptr;
        }
        // fastText does not look whether it has read anything: at the end of a cut file it would read for ever.
        in.exceptions(std::ios::failbit | std::ios::badbit | std::ios::eofbit);
        if (!loaded->model.begins(in)) {
            say(error, capacity, "it does not begin as a fastText model does");
            return nullptr;
        }
        if (!isPlausible(in)) {
            say(error, capacity, "its first numbers make no sense; the file is damaged");
            return nullptr;
        }
        loaded->model.loadModel(in);
        if (loaded->model.getArgs().model != fasttext::model_name::sup) {
            say(error, capacity, "it is a model of word vectors, which tells no languages apart");
            return nullptr;
        }
        loaded->words = loaded->model.getDictionary();
        const std::string prefix = loaded->model.getArgs().label;
        for (int32_t label = 0; label < loaded->words->nlabels(); label++) {
            const std::string name = loaded->words->getLabel(label);
            loaded->labels.push_back(name.compare(0, prefix.size(), prefix) == 0 ? name.substr(prefix.size()) : name);
        }
        if (loaded->labels.empty()) {
            say(error, capacity, "it knows no labels");
            return nullptr;
        }
        return loaded.release();
    } catch (const std::ios_base::failure &) {
        say(error, capacity, "it ends too early or cannot be read to its end");
    } catch (const std::bad_alloc &) {
        say(error, capacity, "it is damaged, or greater than the memory there is");
    } catch (const std::exception &failure) {
        say(error, capacity, failure.what());
    } catch (...) {
        say(error, capacity, "it cannot be used");
    }
    return nullptr;
}

extern "C" void cfasttext_free(cfasttext_model *model) { delete model; }

extern "C" int cfasttext_labels(const cfasttext_model *model) { return static_cast<int>(model->labels.size()); }

extern "C" const char *cfasttext_label(const cfasttext_model *model, int label) {
    if (label < 0 || static_cast<size_t>(label) >= model->labels.size()) return nullptr;
    return model->labels[static_cast<size_t>(label)].c_str();
}

// Dictionary::getLine and FastText::predict are const, and what they work in is made here, for this call: the words, the
// hidden layer (Model::State inside predict) and the heap of predictions. So calls may run side by side.
extern "C" int cfasttext_predict(const cfasttext_model *model, const char *utf8, int length, cfasttext_guess *out,
                                 int limit) {
    if (limit <= 0 || length <= 0) return 0;
    try {
        Bytes bytes(utf8, length);
        std::istream in(&bytes);
        std::vector<int32_t> words;
        std::vector<int32_t> labels;
        model->words->getLine(in, words, labels);
        if (words.empty()) return 0;
        fasttext::Predictions predictions;
        model->model.predict(limit, words, predictions, 0);
        int count = 0;
        // Logarithms, best first.
        for (const auto &prediction : predictions) {
            if (count == limit) break;
            out[count].label = prediction.second;
            out[count].probability = std::exp(prediction.first);
            count++;
        }
        return count;
    } catch (...) {
        return 0;
    }
}
