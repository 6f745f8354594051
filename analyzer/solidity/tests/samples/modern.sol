// SPDX-License-Identifier: MIT
pragma solidity ^0.8.20;

type Price is uint128;

using {add as +, half} for Price global;

function add(Price a, Price b) pure returns (Price) {
    return Price.wrap(Price.unwrap(a) + Price.unwrap(b));
}

function half(Price a) pure returns (Price) {
    return Price.wrap(Price.unwrap(a) / 2);
}

uint256 constant FEE = 30;

interface IToken {
    error Nope(uint256 x);

    function transfer(address to, uint256 v) external returns (bool);
    function balanceOf(address who) external view returns (uint256);
}

library Lib {
    struct Set { uint256[] v; mapping(uint256 => uint256) at; }

    function insert(Set storage s, uint256 x) internal returns (bool) {
        if (s.at[x] != 0) return false;
        s.v.push(x);
        s.at[x] = s.v.length;
        return true;
    }

    function size(Set storage s) public view returns (uint256) {
        return s.v.length;
    }
}

abstract contract Base {
    uint256 internal x;

    constructor(uint256 a) { x = a; }

    modifier only(address who) virtual { require(msg.sender == who); _; }

    function hook(uint256 a) internal virtual returns (uint256) { return a; }

    receive() external payable virtual { x++; }
}

contract Mid is Base {
    constructor(uint256 b) Base(b + 1) {}

    function hook(uint256 a) internal virtual override returns (uint256) {
        return super.hook(a) * 2;
    }
}

contract Top is Mid(7) layout at 0x100 {
    using Lib for Lib.Set;

    enum Mode { Off, On }

    Lib.Set set;
    IToken token;
    address immutable owner = msg.sender;
    uint256 transient t;
    mapping(address => mapping(uint256 => bool)) public seen;
    Mode mode;

    event Done(address indexed who, uint256 v);
    error Low(uint256 have, uint256 want);

    function hook(uint256 a) internal override(Mid) returns (uint256) {
        return super.hook(a) + Base.hook(a);
    }

    function run(address to, uint256 v, uint256[] calldata list)
        external
        payable
        only(owner)
        returns (uint256 r)
    {
        require(token.balanceOf(address(this)) >= v, Low({want: v, have: 1}));
        set.insert(v);
        r = set.size();
        try token.transfer(to, v) returns (bool ok) {
            if (!ok) revert Low(1, 2);
        } catch Error(string memory why) {
            emit Done(to, bytes(why).length);
        } catch (bytes memory) {
            r = 1;
        }
        (bool s, bytes memory data) = to.call{value: v, gas: 5000}(abi.encodeCall(IToken.transfer, (to, v)));
        if (!s || data.length > 0 && abi.decode(data, (bool))) {
            revert("x");
        }
        unchecked { r += list[0]; }
        mode = mode == Mode.Off ? Mode.On : Mode.Off;
        t = hook(v);
        Price p = Price.wrap(1) + Price.wrap(2);
        p = p.half();
        this.look({a: v, b: to});
        Top other = new Top{value: 1, salt: bytes32(v)}();
        function(uint256) internal returns (uint256) f = hook;
        f(3);
        for (uint256 i; i < list.length; ++i) seen[to][list[i]] = true;
        return FEE * r;
    }

    function look(address b, uint256 a) external view returns (uint256) {
        return a + uint256(uint160(b)) + type(uint256).max;
    }

    function assembled(address to, uint256 v) external returns (uint256 r) {
        assembly ("memory-safe") {
            let sl := x.slot
            sstore(sl, add(sload(sl), 1))
            if iszero(call(gas(), to, v, 0, 0, 0, 0)) {
                returndatacopy(0, 0, returndatasize())
                revert(0, returndatasize())
            }
            mstore(0, to)
            mstore(0x20, seen.slot)
            sstore(keccak256(0, 0x40), 1)
            tstore(0, 1)
            switch tload(0)
            case 0 { r := 1 }
            default { r := f(r) }
            for { let i := 0 } lt(i, 10) { i := add(i, 1) } {
                if eq(i, 5) { continue }
                r := add(r, i)
            }
            function f(a) -> b {
                if a { b := 2 leave }
                b := a
            }
            if and(gt(r, 3), lt(r, 9)) { return(0, 32) }
        }
    }
}
