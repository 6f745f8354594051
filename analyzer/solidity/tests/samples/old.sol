pragma solidity ^0.4.24;

contract Old {
    struct S { uint a; address b; mapping(address => uint) m; uint[] list; }

    mapping(uint => S) items;
    S[] arr;
    uint[] nums;
    address owner;
    Old other;

    event E(uint a);

    modifier guarded(uint least) {
        if (msg.value < least) throw;
        _;
    }

    function Old(uint x) public {
        owner = msg.sender;
        nums.push(x);
    }

    function() payable guarded(1 ether) {
        E(1);
    }

    function pay(uint i, address to) returns (bool) {
        S s = items[i];
        s.a += 1;
        s.m[to] = s.a;
        var z = s.list.length;
        nums.length--;
        if (!to.call.value(s.a).gas(3000)(bytes4(sha3("f()")), z)) revert();
        to.send(1);
        to.transfer(this.balance);
        other.pay.value(3).gas(50000)(1, to);
        delete items[i];
        delete nums;
        return to.call.gas(2300)();
    }

    function loops() constant returns (uint p, uint) {
        var (q, r) = (1, 2);
        (q, r) = (r, q);
        for (uint k = 0; k < 10; k++) {
            if (k == 5) continue;
            if (k == 7) break;
            p++;
        }
        do { q--; } while (q > 0);
        return (p, k);
    }

    function pointer() {
        S s;
        s.a = 3;
    }

    function die(address to) {
        assert(now > block.number && tx.origin == msg.sender);
        suicide(to);
    }
}
