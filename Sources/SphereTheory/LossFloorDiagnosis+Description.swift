extension LossFloorDiagnosis: CustomStringConvertible {
    /// One line: the configuration, what the loss can reach, and what to change.
    public var description: String {
        let configuration = "\(groups) groups in \(dimension) dimensions at margin \(margin)"
        switch verdict {
        case .reachable:
            return "\(configuration): zero loss is reachable"
        case .undecided:
            return "\(configuration): zero loss is certain for \(capacity.lowerBound) groups and impossible for more "
                + "than \(capacity.upperBound); \(remedy) makes it certain"
        case .marginTooSmall:
            return "\(configuration): \(limit), and no dimension holds them at this margin; use \(remedy)"
        case .dimensionTooSmall:
            return "\(configuration): \(limit); use \(remedy)"
        }
    }

    private var limit: String {
        let loss = floor > 0 ? "the loss is at least \(floor.roundedDown(digits: 3))" : "the loss cannot be zero"
        return "\(loss), at most \(capacity.upperBound) can reach zero"
    }

    private var remedy: String {
        // Rounded up, so that the printed margin suffices; the offset keeps 0.4 from becoming 0.401 by its last bit.
        let margin = "a margin of \((suggestedMargin * 1000 - 1e-6).rounded(.up) / 1000)"
        return suggestedDimension.map { "\($0) dimensions or \(margin)" } ?? margin
    }
}

extension Double {
    /// The positive number rounded down to `digits` significant decimal digits, or to a whole number if that is more.
    fileprivate func roundedDown(digits: Int) -> Double {
        var scale = 1.0
        var limit = 1.0
        for _ in 1..<digits { limit *= 10 }
        while self * scale < limit { scale *= 10 }
        // The offset keeps 0.25 from becoming 0.249 by its last bit.
        return (self * scale + 1e-6).rounded(.down) / scale
    }
}
