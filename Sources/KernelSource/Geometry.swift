// Sizes that follow from Target.swift, and the ones every instruction set shares.

/// Lanes of a vector.
@inline(__always) var lanes: Int { Vector.scalarCount }
@inline(__always) var doubleLanes: Int { DoubleVector.scalarCount }

/// Columns of a tile: the rows of the input that one panel holds, one per lane.
@inline(__always) public var panelColumns: Int { tileVectors * lanes }

/// Columns of a tile in double.
@inline(__always) public var doublePanelColumns: Int { tileVectors * doubleLanes }

/// Rows of a tile: sources that are packed side by side.
@inline(__always) public var sourceGroup: Int { tileRows }

/// Sources whose kernel values wait in the scratch tile between the two products of a mean-shift step.
///
/// A multiple of 6 and 8. With 48 lanes the tile is 18 KiB, which leaves room in a 32 KiB L1 for the panel and the sums
/// of D <= 32; blocks from 48 to 144 differ by less than 3 %.
@inline(__always) public var sourceBlock: Int { 96 }

/// Points of a block of the symmetric operations, which work on blocks against blocks.
///
/// A multiple of the panels (8, 12, 16 or 48 columns) and of the source groups (6 or 8); a tile of 48 x 48 takes 9 KiB. Blocks
/// from 48 to 144 differ by less than 3 %, and small ones can more often be proved negligible.
@inline(__always) public var blockRows: Int { 48 }

/// Panels of a block.
@inline(__always) var panelsPerBlock: Int { blockRows / panelColumns }
