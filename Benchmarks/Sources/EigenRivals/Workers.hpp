#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

/// Threads that wait until there is work.
///
/// They sleep in between: OpenMP's spin for milliseconds after each parallel region and would take a processor from the
/// contestant that is timed next.
class Workers {
public:
    explicit Workers(size_t count) {
        for (size_t worker = 1; worker < count; worker++) threads.emplace_back([this, worker] { wait(worker); });
    }

    ~Workers() {
        {
            std::lock_guard<std::mutex> lock(mutex);
            isEnding = true;
        }
        changed.notify_all();
        for (std::thread &thread : threads) thread.join();
    }

    Workers(const Workers &) = delete;
    Workers &operator=(const Workers &) = delete;

    size_t count() const { return threads.size() + 1; }

    /// Calls `body(worker, unit)` for every unit below `units`, handed out in order; worker < count().
    void run(size_t units, const std::function<void(size_t, size_t)> &body) {
        next = 0;
        if (threads.empty() || units <= 1) {
            work(0, units, body);
            return;
        }
        {
            std::lock_guard<std::mutex> lock(mutex);
            current = &body;
            currentUnits = units;
            running = threads.size();
            generation++;
        }
        changed.notify_all();
        work(0, units, body);
        std::unique_lock<std::mutex> lock(mutex);
        finished.wait(lock, [this] { return running == 0; });
    }

private:
    std::vector<std::thread> threads;
    std::mutex mutex;
    std::condition_variable changed, finished;
    std::atomic<size_t> next{0};
    const std::function<void(size_t, size_t)> *current = nullptr;
    size_t currentUnits = 0, running = 0, generation = 0;
    bool isEnding = false;

    void work(size_t worker, size_t units, const std::function<void(size_t, size_t)> &body) {
        for (size_t unit = next++; unit < units; unit = next++) body(worker, unit);
    }

    void wait(size_t worker) {
        size_t seen = 0;
        std::unique_lock<std::mutex> lock(mutex);
        while (true) {
            changed.wait(lock, [&] { return isEnding || generation != seen; });
            if (isEnding) return;
            seen = generation;
            const auto &body = *current;
            const size_t units = currentUnits;
            lock.unlock();
            work(worker, units, body);
            lock.lock();
            if (--running == 0) finished.notify_one();
        }
    }
};
